using Chela.Contracts.Sessions;
using Chela.Gateway.Bus;

namespace Chela.Gateway.Sessions.Spawning;

/// <summary>What a sub-agent is to do.</summary>
/// <param name="RunId">Its run, a UUID, which names its session too.</param>
/// <param name="AgentId">The agent that does it.</param>
/// <param name="Task">What it is told.</param>
/// <param name="Wishes">What is wanted of its run.</param>
internal sealed record SpawnOrder(string RunId, string AgentId, string Task, TurnWishes Wishes)
{
    /// <summary>What the one that spawns it calls it.</summary>
    public string? Label { get; init; }

    /// <summary><c>provider/model</c>; null for that of the agent.</summary>
    public string? Model { get; init; }

    /// <summary>Where it does it.</summary>
    public SessionKey Session => SessionKey.Of(AgentId, $"subagent:{RunId}");
}
