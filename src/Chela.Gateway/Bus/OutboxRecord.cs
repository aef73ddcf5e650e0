using Chela.Contracts.Messages;

namespace Chela.Gateway.Bus;

/// <summary>A line of the outbox: one step of one message.</summary>
/// <param name="Kind">Which step; one of the constants.</param>
/// <param name="Id">The message.</param>
/// <param name="AtMs">When, in Unix milliseconds; on <c>queued</c> when it was said.</param>
internal sealed record OutboxRecord(string Kind, string Id, long AtMs)
{
    /// <summary>It waits. When the journal was written anew it holds all that happened until then.</summary>
    public const string Queued = "queued";

    /// <summary>Where it is cut into pieces: decided once, so that what was sent and what was not stay apart.</summary>
    public const string Cut = "cut";

    /// <summary>The next piece is being sent, once more perhaps.</summary>
    public const string Sending = "sending";

    /// <summary>The next piece arrived; after the last one nothing is left.</summary>
    public const string Sent = "sent";

    /// <summary>It was given up, and waits for a person.</summary>
    public const string Failed = "failed";

    /// <summary>A person wants it tried again, from the first piece that did not arrive.</summary>
    public const string Retried = "retried";

    /// <summary>A person does not want it any more.</summary>
    public const string Dropped = "dropped";

    /// <summary>It is over; written only when the journal is written anew.</summary>
    public const string Over = "over";

    public ReplyTarget? Target { get; init; }

    public string? Text { get; init; }

    /// <summary>What it answers, as the platform names messages.</summary>
    public string? ReplyToId { get; init; }

    /// <summary>The files that go with it; absent where there are none.</summary>
    public IReadOnlyList<Attachment>? Files { get; init; }

    /// <summary>The buttons under it; absent where there are none.</summary>
    public IReadOnlyList<Choice>? Choices { get; init; }

    /// <summary>The trace that it belongs to.</summary>
    public string? TraceParent { get; init; }

    /// <summary>The length of each piece, in characters of the text.</summary>
    public IReadOnlyList<int>? Pieces { get; init; }

    /// <summary>How many pieces arrived; on <c>sent</c> with the one that it tells of.</summary>
    public int Arrived { get; init; }

    /// <summary>How often the next piece was tried.</summary>
    public int Attempts { get; init; }

    /// <summary>What the platform calls the piece.</summary>
    public string? MessageId { get; init; }

    /// <summary>Why it was given up.</summary>
    public string? Reason { get; init; }

    /// <summary>When it was given up.</summary>
    public long? FailedAtMs { get; init; }
}
