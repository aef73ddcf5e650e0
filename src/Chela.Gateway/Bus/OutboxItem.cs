using Chela.Contracts.Messages;
using Chela.Gateway.Telemetry;

namespace Chela.Gateway.Bus;

/// <summary>A message in the outbox as it stands now.</summary>
internal sealed record OutboxItem(OutboundMessage Message) : IWorkScope
{
    /// <summary>The length of each piece of the text; null until it is cut.</summary>
    public IReadOnlyList<int>? Pieces { get; init; }

    /// <summary>How many pieces there are, files included; null until it is cut.</summary>
    public int? Count => Pieces?.Count + Message.Files.Count;

    /// <summary>How many pieces arrived.</summary>
    public int Arrived { get; init; }

    /// <summary>How often the next piece was tried.</summary>
    public int Attempts { get; init; }

    /// <summary>Why it was given up; null while it waits.</summary>
    public string? Reason { get; init; }

    /// <summary>When it was given up.</summary>
    public long? FailedAtMs { get; init; }

    /// <summary>Cancelled when a person drops it while it waits. The same in every state of one message.</summary>
    public CancellationTokenSource Gone { get; } = new();

    public WorkFacts Facts => new() { Channel = Message.Target.Channel, Message = Message.Id };

    public bool IsDead => Reason is not null;

    /// <summary>The word for its state, as people read it.</summary>
    public string State => IsDead ? OutboxRecord.Failed : Attempts > 0 ? OutboxRecord.Sending : OutboxRecord.Queued;

    /// <summary>The message with everything that happened to it, as one line.</summary>
    public OutboxRecord ToRecord() => new(OutboxRecord.Queued, Message.Id, Message.TimestampMs)
    {
        Target = Message.Target,
        Text = Message.Text,
        ReplyToId = Message.ReplyToId,
        Files = Message.Files.Count > 0 ? Message.Files : null,
        Choices = Message.Choices.Count > 0 ? Message.Choices : null,
        TraceParent = Message.TraceParent,
        Pieces = Pieces,
        Arrived = Arrived,
        Attempts = Attempts,
        Reason = Reason,
        FailedAtMs = FailedAtMs,
    };

    public static OutboxItem Of(OutboxRecord record) =>
        record is { Target: { } target, Text: { } text }
            ? new OutboxItem(MessageOf(record, target, text))
            {
                Pieces = record.Pieces,
                Arrived = record.Arrived,
                Attempts = record.Attempts,
                Reason = record.Reason,
                FailedAtMs = record.FailedAtMs,
            }
            : throw new InvalidDataException($"the outbox holds a message without text or target: {record.Id}");

    private static OutboundMessage MessageOf(OutboxRecord record, ReplyTarget target, string text) => new(record.Id, target, text, record.AtMs)
    {
        TraceParent = record.TraceParent,
        ReplyToId = record.ReplyToId,
        Files = record.Files ?? [],
        Choices = record.Choices ?? [],
    };
}
