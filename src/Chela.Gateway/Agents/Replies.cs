using Chela.Contracts.Messages;
using Chela.Gateway.Agents.Spawning;
using Chela.Gateway.Bus;
using Chela.Gateway.Config;
using Chela.Gateway.Sessions;

namespace Chela.Gateway.Agents;

/// <summary>
/// Puts the answer of a run into the outbox, where its message came from a channel, and tells it the session that spawned the run. The same
/// answer goes out once: when it is put in again after a crash, and when it answers several messages.
/// </summary>
internal sealed class Replies(Outbox outbox, Announcements announcements, ConfigStore config, TimeProvider time)
{
    /// <summary>What an agent answers that has nothing to say.</summary>
    private const string Silence = "NO_REPLY";

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    /// <summary>Returns when the answer is where it goes to, on disk; while the disk refuses it tries again.</summary>
    public async Task SendAsync(Turn turn, TranscriptEntry answer, CancellationToken stopping)
    {
        while (!await TrySendAsync(turn, answer))
        {
            await Task.Delay(Pause, time, stopping);
        }
    }

    /// <summary>The same once; false when the disk refuses.</summary>
    public async ValueTask<bool> TrySendAsync(Turn turn, TranscriptEntry answer) =>
        await IsInOutboxAsync(turn.Message, answer) && await announcements.TryTellAsync(turn, answer);

    private async ValueTask<bool> IsInOutboxAsync(InboundMessage message, TranscriptEntry answer)
    {
        var text = string.Join("\n\n", new[] { answer.Text, answer.Error }.Where(part => !string.IsNullOrWhiteSpace(part)));
        return message.ReplyTo is not { } target
            || text.Length == 0
            || text.Trim() == Silence
            || await outbox.TryEnqueueAsync(new OutboundMessage(answer.RunId, target, text, answer.TimestampMs)
            {
                ReplyToId = config.Current.Config.Channels.Find(target.Channel, target.Account)?.Quotes(target.Kind) is true ? message.MessageId : null,
            });
    }
}
