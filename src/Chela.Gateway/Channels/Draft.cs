using System.Diagnostics.CodeAnalysis;
using Chela.Contracts.Channels;
using Chela.Gateway.Telemetry;
using Microsoft.Extensions.Logging;

namespace Chela.Gateway.Channels;

/// <summary>A message in which people see one answer grow. What it can not show, the answer says at its end.</summary>
/// <param name="channel">Where it is shown; it can change messages.</param>
/// <param name="first">What is sent first; its text is replaced.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">The log.</param>
internal sealed partial class Draft(IOutboundChannel channel, OutboundPiece first, TimeProvider time, ILogger logger)
{
    /// <summary>How long one step may take.</summary>
    public static readonly TimeSpan StepLimit = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan UsualWait = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private Task _step = Task.CompletedTask;
    private DateTimeOffset _next;
    private string? _messageId;
    private string? _shown;
    private bool _isClosed;

    /// <summary>Shows what there is of the answer, unless it is too early for that.</summary>
    public void Show(string text)
    {
        lock (_gate)
        {
            if (_isClosed || !_step.IsCompleted || time.GetUtcNow() < _next)
            {
                return;
            }

            var begin = TextCutter.Piece(text, TextCutter.Cut(text, channel.MaxCharsFor(first.Target)), 0);
            if (begin != _shown && !string.IsNullOrWhiteSpace(begin))
            {
                _step = Background.Run(() => StepAsync(first with { Text = begin }));
            }
        }
    }

    /// <summary>Ends it; returns what the platform calls the message, or null where none was shown for certain.</summary>
    public async Task<string?> CloseAsync()
    {
        Task step;
        lock (_gate)
        {
            _isClosed = true;
            step = _step;
        }

        await step;
        return _messageId;
    }

    [SuppressMessage("Design", "CA1031", Justification = "A channel's sign: whether an answer can be seen while it is written matters to nobody else.")]
    private async Task StepAsync(OutboundPiece piece)
    {
        using var limit = new CancellationTokenSource(StepLimit, time);
        try
        {
            var outcome = _messageId is { } known
                ? await ((IEditingChannel)channel).EditAsync(known, piece, limit.Token)
                : await channel.SendAsync(piece, limit.Token);
            Take(outcome, piece);
        }
        catch (Exception e)
        {
            Take(SendOutcome.Refused(e.Message), piece); // it may have arrived: a second one would stand beside it
        }
    }

    private void Take(SendOutcome outcome, OutboundPiece piece)
    {
        lock (_gate)
        {
            switch (outcome.Status)
            {
                case SendStatus.Sent when (_messageId ?? outcome.MessageId) is { } id:
                    (_messageId, _shown) = (id, piece.Text);
                    _next = time.GetUtcNow() + (((IEditingChannel)channel).EditPaceFor(piece.Target) ?? UsualWait);
                    break;
                case SendStatus.Later:
                    _next = time.GetUtcNow() + (outcome.RetryAfter ?? UsualWait);
                    break;
                default:
                    _isClosed = true;
                    Log.NotShown(logger, piece.MessageId, outcome.Reason);
                    break;
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1732, LogLevel.Debug, "The answer {Message} cannot be shown while it is written: {Reason}")]
        public static partial void NotShown(ILogger logger, string message, string? reason);
    }
}
