using Chela.Contracts.Messages;
using Chela.Contracts.Sessions;
using Chela.Gateway.Agents.Tools;
using Chela.Gateway.Bus;
using Chela.Gateway.Sessions;
using Chela.Gateway.Sessions.Spawning;

namespace Chela.Gateway.Agents.Spawning;

/// <summary>
/// Tells the session that spawned a sub-agent what came of it: by a message, taken in like any other, whose name is made of the run's, so that the same
/// end is told once. A run is not noted as ended before its announcement is on disk; the next start finds what a dying process left.
/// </summary>
/// <param name="intake">Takes the messages in. It leads back to the runs, which lead here: hence late.</param>
/// <param name="sessions">Where sessions come from.</param>
/// <param name="tree">What was spawned for them.</param>
/// <param name="lanes">What else is under way; late for the same reason.</param>
/// <param name="lifecycle">Whether anything runs yet.</param>
internal sealed class Announcements(Lazy<ChatIntake> intake, SessionTable sessions, SpawnTree tree, Lazy<Lanes> lanes, Lifecycle lifecycle)
{
    /// <summary>What of one result is told on, in characters.</summary>
    public const int LongestResult = 20_000;

    private readonly Lock _gate = new();
    private readonly List<Action> _held = [];

    /// <summary>Tells how a run ended, where a session is to hear of it; returns when that is on disk.</summary>
    /// <returns>False where it has to be tried again.</returns>
    public async ValueTask<bool> TryTellAsync(Turn turn, TranscriptEntry answer)
    {
        if (turn.IsUnheard || !turn.Wishes.IsAnnounced || sessions.Find(turn.Session)?.Spawn is not { } spawn || FindParent(spawn) is not { } parent
            || (answer.StopReason == StopReasons.Stop && GoesOn(turn)))
        {
            return true;
        }

        var told = new InboundMessage(
            $"subagent:{answer.RunId}", parent.SessionKey, TextOf(turn.Session, spawn, answer), turn.Message.Channel, SessionSender.Of(turn.Session.Value), answer.TimestampMs)
        {
            ReplyTo = spawn.ReplyTo,
        };
        if (await intake.Value.TryTakeAsync(told, SpawnWishes.In(parent)) is not { } taken)
        {
            return false;
        }

        foreach (var one in turn.Carried.Prepend(turn))
        {
            one.IsHeard = true;
        }

        if (turn.IsUnheard)
        {
            taken.Turn?.Abort(); // what stopped both may not have seen it yet
        }

        Begin(taken.Begin);
        return true;
    }

    /// <summary>Lets begin what was told while the gateway started.</summary>
    public void Begin()
    {
        lock (_gate)
        {
            _held.ForEach(begin => begin());
            _held.Clear();
        }
    }

    /// <summary>While the gateway starts, the runs that the last process left come first.</summary>
    private void Begin(Action? begin)
    {
        lock (_gate)
        {
            if (begin is not null && lifecycle.Phase == LifecyclePhase.Starting)
            {
                _held.Add(begin);
                return;
            }
        }

        begin?.Invoke();
    }

    /// <summary>A session that was begun anew knows nothing of what was spawned before.</summary>
    private SessionEntry? FindParent(Spawn spawn) => sessions.Find(spawn.Parent) is { } parent && parent.SessionId == spawn.SessionId ? parent : null;

    /// <summary>True where a run will follow that knows more: the session has not heard, or not read, yet of all that was spawned for it.</summary>
    private bool GoesOn(Turn ended)
    {
        var below = tree.Below(ended.Session).SelectMany(entry => lanes.Value.Of(entry.SessionKey));
        return below.Any(turn => turn.Wishes.IsAnnounced && !turn.Completion.IsCompleted && !turn.IsHeard && !turn.IsUnheard)
            || lanes.Value.Of(ended.Session).Except(ended.Carried.Prepend(ended)).Any(turn => !turn.IsOver && SessionSender.IsSpawned(turn.Message, sessions));
    }

    private static string TextOf(SessionKey session, Spawn spawn, TranscriptEntry answer)
    {
        var name = spawn.Label is null ? session.Value : $"{spawn.Label} ({session})";
        var how = answer.StopReason switch
        {
            StopReasons.Stop => "is done",
            StopReasons.Aborted => "was stopped",
            _ => "failed",
        };
        var result = string.Join("\n\n", new[] { answer.Text, answer.Error }.Where(part => !string.IsNullOrWhiteSpace(part)));
        return $"""
            [Your sub-agent {name} {how}. Nobody else reads its result; say what of it matters, or answer NO_REPLY where that is nothing.]
            {ToolRunner.Cut(new(result.Length > 0 ? result : "(It said nothing.)"), LongestResult).Text}
            """;
    }
}
