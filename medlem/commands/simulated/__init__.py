"""Stand-ins for outside systems, on loopback, speaking the real protocol: for the demo and for
tests.

`register` answers as the register of business entities does, about the invented businesses of
`businesses`; `vies` and `hmrc` as the services for VAT numbers do. The simulated card provider is a
gateway of its own: `medlem.gateways.card.simulated`.
"""
