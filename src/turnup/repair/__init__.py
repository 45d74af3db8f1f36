"""The repair desk: a fault from the call to the proof that the port serves again (PASA 1.4(a), 5(c), Schedule 2)."""
