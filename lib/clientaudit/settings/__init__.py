"""The engagement file and the thresholds, as frozen and validated models."""

from clientaudit.settings.engagement import Engagement, load_engagement
from clientaudit.settings.thresholds import Thresholds

__all__ = ["Engagement", "Thresholds", "load_engagement"]
