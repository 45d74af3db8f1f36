"""The 12.0S front over real protocols: what is typed takes effect in FRR and the kernel, what is shown comes from them.

`translate` and `difference` turn the configuration into FRR's words, `follow` enters them; `frr`, `kernel` and `echo`
read what FRR, the kernel and the network answer; `journal` brings their messages into the log; `tacacs` and `aaa` ask
a real TACACS+ server. Layer 2 is Ethernet between namespaces: framing, clocks, PPP and HDLC stay the front's word.
"""
