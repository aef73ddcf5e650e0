using System.Collections.Frozen;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using Chela.Contracts.Channels;
using Chela.Contracts.Messages;
using Chela.Gateway.Bus;
using Chela.Gateway.Telemetry;
using Microsoft.Extensions.Logging;
using Polly;
using Polly.Retry;

namespace Chela.Gateway.Channels;

/// <summary>
/// Brings what is in the outbox to the channels: for each target one piece after the other, for different targets side by side. What fails is
/// tried again, later and later; what cannot be delivered becomes a dead letter, and the next message of its target has its turn.
/// </summary>
internal sealed partial class Delivery : IDisposable
{
    /// <summary>How often one piece is tried.</summary>
    public const int MaxAttempts = 12;

    /// <summary>The most pieces that are being sent at once.</summary>
    public const int MaxSends = 64;

    /// <summary>The longest wait between two tries, whatever the platform asks for.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromHours(1);

    /// <summary>Tries once to send what comes next.</summary>
    private delegate Task<SendOutcome> Send(CancellationToken ct);

    private readonly Lock _gate = new();
    private readonly Outbox _outbox;
    private readonly ILogger<Delivery> _logger;
    private readonly FrozenDictionary<string, IOutboundChannel> _channels;
    private readonly ResiliencePipeline<SendOutcome> _retry;
    private readonly Dictionary<ReplyTarget, Task> _loops = [];
    private readonly SemaphoreSlim _sends = new(MaxSends);
    private readonly CancellationTokenSource _stopping = new();
    private readonly CancellationTokenSource _abandoned = new();

    public Delivery(Outbox outbox, IEnumerable<IOutboundChannel> channels, TimeProvider time, ILogger<Delivery> logger)
    {
        (_outbox, _logger) = (outbox, logger);
        _channels = channels.ToFrozenDictionary(channel => channel.Name, StringComparer.Ordinal);
        _retry = new ResiliencePipelineBuilder<SendOutcome> { TimeProvider = time }.AddRetry(Again()).Build();
    }

    /// <summary>Told where a piece has arrived. Set once, before anything is sent.</summary>
    public Action<ReplyTarget> Sent { get; init; } = _ => { };

    /// <summary>Gives the content of a file; null where it is missing or damaged. Set once, before anything is sent.</summary>
    public Func<Attachment, CancellationToken, Task<byte[]?>> ContentOf { get; init; } = (_, _) => Task.FromResult<byte[]?>(null);

    /// <summary>What the platform calls the message in which people saw the answer of a run grow; null where they saw none. Set once, before anything is sent.</summary>
    public Func<string, Task<string?>> DraftOf { get; init; } = _ => Task.FromResult<string?>(null);

    /// <summary>Begins with what earlier processes left.</summary>
    public void Start()
    {
        _outbox.Arrived = Wake;
        foreach (var target in _outbox.Targets)
        {
            Wake(target);
        }
    }

    /// <summary>Lets what is being sent come to its end; everything else stays in the outbox for the next start.</summary>
    /// <param name="giveUp">Cancelled when the gateway can wait no longer.</param>
    public async Task StopAsync(CancellationToken giveUp)
    {
        await _stopping.CancelAsync();
        Task[] loops;
        lock (_gate)
        {
            loops = [.. _loops.Values];
        }

        await using (giveUp.Register(_abandoned.Cancel))
        {
            await Task.WhenAll(loops).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing); // what it could not note is done again
        }
    }

    public void Dispose()
    {
        _stopping.Cancel();
        _abandoned.Cancel();
    }

    private static RetryStrategyOptions<SendOutcome> Again() => new()
    {
        ShouldHandle = arguments => new(arguments.Outcome.Result?.Status == SendStatus.Later),
        MaxRetryAttempts = MaxAttempts,
        BackoffType = DelayBackoffType.Exponential,
        UseJitter = true,
        Delay = TimeSpan.FromSeconds(1),
        MaxDelay = TimeSpan.FromMinutes(5),
        DelayGenerator = arguments => new(Asked(arguments.Outcome.Result?.RetryAfter)),
    };

    private static TimeSpan? Asked(TimeSpan? wait) => wait < LongestWait ? wait : wait is null ? null : LongestWait;

    private void Wake(ReplyTarget target)
    {
        lock (_gate)
        {
            if (!_stopping.IsCancellationRequested && !_loops.ContainsKey(target))
            {
                _loops[target] = Background.Run(() => RunAsync(target));
            }
        }
    }

    [SuppressMessage("Design", "CA1031", Justification = "A channel's loop: a message that cannot be dealt with must not hold up the others.")]
    private async Task RunAsync(ReplyTarget target)
    {
        while (Take(target) is { } item)
        {
            using var scope = _logger.BeginScope(item);
            try
            {
                await StepAsync(item);
            }
            catch (OperationCanceledException) when (_stopping.IsCancellationRequested || item.Gone.IsCancellationRequested)
            {
                // The gateway stops, or the message was dropped: Take finds that out.
            }
            catch (Exception e)
            {
                Log.Failed(_logger, item.Message.Id, target.Channel, e);
                await GiveUpAsync(item, "It could not be delivered; the log of the gateway says why.");
            }
        }
    }

    /// <summary>What comes next; null when nothing waits or the gateway stops, and then the loop is at its end.</summary>
    private OutboxItem? Take(ReplyTarget target)
    {
        lock (_gate)
        {
            var item = _stopping.IsCancellationRequested ? null : _outbox.Next(target);
            if (item is null)
            {
                _loops.Remove(target);
            }

            return item;
        }
    }

    private async Task StepAsync(OutboxItem item)
    {
        var message = item.Message;
        if (!_channels.TryGetValue(message.Target.Channel, out var channel))
        {
            await GiveUpAsync(item, $"There is no channel '{message.Target.Channel}'.");
        }
        else if (item.Pieces is null)
        {
            var isText = message.Files.Count == 0 || !string.IsNullOrWhiteSpace(message.Text);
            await _outbox.CutAsync(item, isText ? TextCutter.Cut(message.Text, channel.MaxCharsFor(message.Target)) : [], _stopping.Token);
        }
        else
        {
            await SendAsync(channel, item, item.Pieces);
        }
    }

    private async Task SendAsync(IOutboundChannel channel, OutboxItem item, IReadOnlyList<int> lengths)
    {
        var send = item.Arrived < lengths.Count ? Text(channel, item, lengths) : await FileAsync(channel, item, item.Message.Files[item.Arrived - lengths.Count]);
        if (send is null)
        {
            await _outbox.SentAsync(item, null, _stopping.Token); // between two long rows of empty lines
            return;
        }

        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token, item.Gone.Token);
        var outcome = await _retry.ExecuteAsync(async ct => await TryAsync(item, send, ct), waiting.Token);
        if (outcome.Status == SendStatus.Sent)
        {
            Sent(item.Message.Target);
            await _outbox.SentAsync(item, outcome.MessageId, _stopping.Token);
        }
        else if (outcome.Status == SendStatus.Refused)
        {
            await GiveUpAsync(item, outcome.Reason ?? "The channel refused it.");
        }
    }

    /// <summary>How the next piece of the text is sent; null where it is blank.</summary>
    private Send? Text(IOutboundChannel channel, OutboxItem item, IReadOnlyList<int> lengths)
    {
        var (message, number) = (item.Message, item.Arrived);
        var text = TextCutter.Piece(message.Text, lengths, number);
        if (string.IsNullOrWhiteSpace(text))
        {
            return null;
        }

        var piece = PieceOf(item, text) with { Choices = number == lengths.Count - 1 ? message.Choices : [] };
        return number == 0 && channel is IEditingChannel editing ? ct => SendFirstAsync(channel, editing, piece, ct) : ct => channel.SendAsync(piece, ct);
    }

    /// <summary>How a file is sent. Where it cannot be, people are told of it.</summary>
    private async Task<Send> FileAsync(IOutboundChannel channel, OutboxItem item, Attachment file)
    {
        var most = (channel as IFileChannel)?.MaxFileBytesFor(item.Message.Target) ?? 0;
        var problem = most == 0 ? "this channel takes no files" : file.Bytes > most ? $"it has {file.Bytes} bytes, and this channel takes {most}" : null;
        if (problem is null && await ContentOf(file, _stopping.Token) is { } content)
        {
            var sent = new OutboundFile(item.Message.Id, item.Arrived + 1, item.Message.Target, file.FileName, file.MimeType, content)
            {
                ReplyToId = item.Arrived == 0 ? item.Message.ReplyToId : null,
            };
            return ct => ((IFileChannel)channel).SendFileAsync(sent, ct);
        }

        var piece = PieceOf(item, $"[{file.FileName} was not sent: {problem ?? "it is not there any more"}.]");
        return ct => channel.SendAsync(piece, ct);
    }

    private static OutboundPiece PieceOf(OutboxItem item, string text) =>
        new(item.Message.Id, item.Arrived + 1, item.Count ?? 1, item.Message.Target, text, item.Message.TimestampMs)
        {
            ReplyToId = item.Arrived == 0 ? item.Message.ReplyToId : null,
        };

    /// <summary>The first piece stands where people saw the answer grow, if they did.</summary>
    private async Task<SendOutcome> SendFirstAsync(IOutboundChannel channel, IEditingChannel editing, OutboundPiece piece, CancellationToken ct)
    {
        var outcome = await DraftOf(piece.MessageId) is { } shown ? await editing.EditAsync(shown, piece, ct) : null;
        return outcome is null or { Status: SendStatus.Refused } ? await channel.SendAsync(piece, ct) : outcome;
    }

    /// <summary>Tries once. A try that has begun is not cut off by the stop of the gateway, unless that can wait no longer.</summary>
    private async Task<SendOutcome> TryAsync(OutboxItem item, Send send, CancellationToken waiting)
    {
        await _sends.WaitAsync(waiting);
        try
        {
            var attempt = _outbox.Sending(item);
            var span = Traces.Begin("deliver", ActivityKind.Producer, item.Message.TraceParent)?.SetTag("chela.channel", item.Message.Target.Channel);
            var outcome = await AskAsync(item, send);
            Traces.End(span, outcome.Status == SendStatus.Sent ? null : outcome.Status.ToString());
            Log.Tried(_logger, item.Message.Id, item.Arrived + 1, attempt, outcome.Status, outcome.Reason);
            return outcome.Status == SendStatus.Later && attempt >= MaxAttempts
                ? SendOutcome.Refused($"Given up after {attempt} tries. {outcome.Reason}")
                : outcome;
        }
        finally
        {
            _sends.Release();
        }
    }

    [SuppressMessage("Design", "CA1031", Justification = "Whatever a channel throws is a try that failed.")]
    private async Task<SendOutcome> AskAsync(OutboxItem item, Send send)
    {
        try
        {
            return await send(_abandoned.Token);
        }
        catch (Exception e)
        {
            _abandoned.Token.ThrowIfCancellationRequested();
            Log.Threw(_logger, item.Message.Id, item.Arrived + 1, item.Message.Target.Channel, e);
            return SendOutcome.Later("The channel failed; the log of the gateway says why.");
        }
    }

    private async Task GiveUpAsync(OutboxItem item, string reason)
    {
        Log.GaveUp(_logger, item.Message.Id, item.Message.Target.Channel, reason);
        await _outbox.FailAsync(item, reason, _stopping.Token);
    }

    private static partial class Log
    {
        [LoggerMessage(1700, LogLevel.Debug, "Piece {Piece} of the message {Id}, try {Attempt}: {Status} {Reason}")]
        public static partial void Tried(ILogger logger, string id, int piece, int attempt, SendStatus status, string? reason);

        [LoggerMessage(1701, LogLevel.Warning, "The message {Id} was not delivered to the channel {Channel} and is a dead letter now: {Reason}")]
        public static partial void GaveUp(ILogger logger, string id, string channel, string reason);

        [LoggerMessage(1702, LogLevel.Error, "The channel {Channel} failed with the piece {Piece} of the message {Id}")]
        public static partial void Threw(ILogger logger, string id, int piece, string channel, Exception e);

        [LoggerMessage(1703, LogLevel.Error, "The message {Id} for the channel {Channel} could not be dealt with")]
        public static partial void Failed(ILogger logger, string id, string channel, Exception e);
    }
}
