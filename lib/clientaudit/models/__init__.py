"""Pure numerics: arrays in, frozen results out; no business words."""
