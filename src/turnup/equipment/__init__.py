"""The estate (Schedule 3), through Nornir: Equipment Sites, Qualified Equipment, Ports; what is free and expected."""

from turnup.equipment.estate import Cards, Equipment, all_cards, load_equipment

__all__ = ["Cards", "Equipment", "all_cards", "load_equipment"]
