namespace Chela.Contracts.Channels;

/// <summary>What became of one try to send.</summary>
public enum SendStatus
{
    /// <summary>The platform has it.</summary>
    Sent,

    /// <summary>It may succeed later.</summary>
    Later,

    /// <summary>It never will as it is.</summary>
    Refused,
}

/// <summary>The outcome of one try to send.</summary>
public sealed record SendOutcome
{
    private SendOutcome(SendStatus status) => Status = status;

    /// <summary>Whether to go on, to try again, or to give up.</summary>
    public SendStatus Status { get; }

    /// <summary>What the platform calls it; null when it does not say.</summary>
    public string? MessageId { get; private init; }

    /// <summary>One sentence on what went wrong; null when nothing did.</summary>
    public string? Reason { get; private init; }

    /// <summary>How long the platform asks to wait; null when it does not say.</summary>
    public TimeSpan? RetryAfter { get; private init; }

    /// <summary>The platform has it.</summary>
    public static SendOutcome Sent(string? messageId) => new(SendStatus.Sent) { MessageId = messageId };

    /// <summary>It may succeed later.</summary>
    public static SendOutcome Later(string reason, TimeSpan? retryAfter = null) => new(SendStatus.Later) { Reason = reason, RetryAfter = retryAfter };

    /// <summary>It never will as it is.</summary>
    public static SendOutcome Refused(string reason) => new(SendStatus.Refused) { Reason = reason };
}
