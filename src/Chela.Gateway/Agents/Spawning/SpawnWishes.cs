using Chela.Gateway.Bus;
using Chela.Gateway.Sessions;

namespace Chela.Gateway.Agents.Spawning;

/// <summary>What is wanted of runs in sessions that were spawned.</summary>
internal static class SpawnWishes
{
    private const string Instructions =
        "You are a sub-agent: another session has given you a task and sees nothing but your answer, which is told it when your run has ended. "
        + "Do the task, and answer with all that it needs to know.";

    /// <summary>Of a sub-agent's run.</summary>
    public static TurnWishes OfTask { get; } = new() { Instructions = Instructions, IsAnnounced = true };

    /// <summary>Of a run that hears of a sub-agent: one of a sub-agent goes on with its task.</summary>
    public static TurnWishes In(SessionEntry session) => session.Spawn is null ? new TurnWishes() : OfTask;
}
