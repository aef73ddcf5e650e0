namespace Chela.Gateway.Wire;

/// <summary>How connections of the dialects end that have no close codes of their own: those of RFC 6455.</summary>
internal static class CommonCloses
{
    public static WireClose For(CloseCause cause) => cause switch
    {
        CloseCause.TooLarge => new(1009, "message too large"),
        CloseCause.InvalidText => new(1007, "invalid UTF-8"),
        CloseCause.Unreadable => new(1008, "unreadable"),
        CloseCause.HandshakeTimeout => new(1008, "authentication timeout"),
        CloseCause.SlowConsumer => new(1008, "slow consumer"),
        CloseCause.Stopping => new(1001, "gateway closing"),
        CloseCause.Goodbye => new(1000, ""),
        _ => new(1011, "internal error"),
    };
}
