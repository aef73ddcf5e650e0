using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Chela.Contracts.Messages;
using Chela.Contracts.Sessions;
using Chela.Gateway.Bus.Queue;

namespace Chela.Gateway.Bus;

/// <summary>A line of the inbox: a message that was accepted, or was stopped while it waited, or a run that was begun again, or ended.</summary>
/// <param name="Kind"><c>accepted</c>, <c>stopped</c>, <c>resumed</c> or <c>ended</c>.</param>
/// <param name="RunId">The run that it is about.</param>
/// <param name="Print">A fingerprint of where it was said and what, files included, by which a repeated message is told from another one.</param>
/// <param name="TimestampMs">When, in Unix milliseconds.</param>
internal sealed record InboxRecord(string Kind, string RunId, string Print, long TimestampMs)
{
    public const string Accepted = "accepted";

    public const string Stopped = "stopped";

    public const string Resumed = "resumed";

    public const string Ended = "ended";

    public string? Session { get; init; }

    /// <summary>What the person said; in an end, what a command that ran nothing was answered.</summary>
    public string? Content { get; init; }

    public string? Channel { get; init; }

    public string? SenderId { get; init; }

    /// <summary>Where on a channel it was said.</summary>
    public Origin? Origin { get; init; }

    public ReplyTarget? ReplyTo { get; init; }

    /// <summary>What the platform calls the message.</summary>
    public string? MessageId { get; init; }

    /// <summary>The files that came with the message; absent where there are none.</summary>
    public IReadOnlyList<Attachment>? Attachments { get; init; }

    /// <summary>The trace that it belongs to.</summary>
    public string? TraceParent { get; init; }

    /// <summary>What is wanted of this run alone.</summary>
    public TurnWishes? Wishes { get; init; }

    /// <summary>How it waits.</summary>
    public QueueSettings? Queue { get; init; }

    /// <summary>How often its run was begun again after the end of a process.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int Resumptions { get; init; }

    /// <summary>True for an accepted message that was stopped before the inbox was written anew.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool IsStopped { get; init; }

    /// <summary>The line of a message that is accepted.</summary>
    public static InboxRecord Of(InboundMessage message) =>
        new(Accepted, message.RunId, PrintOf(message), message.TimestampMs)
        {
            Session = message.Session.Value,
            Content = message.Content,
            Channel = message.Channel,
            SenderId = message.SenderId,
            Origin = message.Origin,
            ReplyTo = message.ReplyTo,
            MessageId = message.MessageId,
            TraceParent = message.TraceParent,
            Attachments = message.Attachments.Count > 0 ? message.Attachments : null,
        };

    /// <summary>The line of the next time that its run begins.</summary>
    public static InboxRecord ResumptionOf(Turn turn, long nowMs) =>
        new(Resumed, turn.RunId, PrintOf(turn.Message), nowMs) { Resumptions = (turn.Resumptions ?? 0) + 1 };

    /// <summary>The line of its end.</summary>
    public static InboxRecord EndOf(InboundMessage message, long nowMs) =>
        new(Ended, message.RunId, PrintOf(message), nowMs) { Session = message.Session.Value };

    public static string PrintOf(InboundMessage message)
    {
        var files = string.Concat(message.Attachments.Select(file => $"\0{file.Sha256} {file.FileName}"));
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{PlaceOf(message)}\n{message.Content}{files}")).AsSpan(0, 8));
    }

    /// <summary>The turn of a message that an earlier process accepted.</summary>
    /// <exception cref="InvalidDataException">No process can have written this.</exception>
    public Turn ToTurn()
    {
        if (!SessionKey.TryParse(Session, out var session, out var problem))
        {
            throw new InvalidDataException($"the inbox holds a message of a session that cannot be: {problem}");
        }

        var message = new InboundMessage(RunId, session, Content ?? "", Channel ?? "", SenderId ?? "", TimestampMs)
        {
            Origin = Origin,
            ReplyTo = ReplyTo,
            MessageId = MessageId,
            TraceParent = TraceParent,
            Attachments = Attachments ?? [],
        };
        var turn = new Turn(message)
        {
            Wishes = Wishes ?? new TurnWishes(),
            Queue = Queue ?? new QueueSettings(),
            Resumptions = Resumptions,
        };
        if (IsStopped)
        {
            turn.Abort();
        }

        return turn;
    }

    /// <summary>Not the session where a channel brought it: another agent may be configured by the time that it comes again.</summary>
    private static string PlaceOf(InboundMessage message) => message.Origin is { } origin
        ? $"{origin.Channel}\n{origin.Account}\n{origin.Peer.Kind}\n{origin.Peer.Id}\n{origin.Thread?.Id}"
        : message.Session.Value;
}

/// <summary>JSON types of this slice.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, UseStringEnumConverter = true)]
[JsonSerializable(typeof(InboxRecord))]
[JsonSerializable(typeof(OutboxRecord))]
internal sealed partial class BusJson : JsonSerializerContext;
