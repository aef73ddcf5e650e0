using Chela.Gateway.Agents.Context;
using Chela.Gateway.Agents.Providers;
using Chela.Gateway.Agents.Tools;
using Chela.Gateway.Bus;
using Chela.Gateway.Config;
using Microsoft.Extensions.AI;

namespace Chela.Gateway.Agents;

/// <summary>All that a run needs besides its models.</summary>
/// <param name="Turn">The message, and where the outcome goes.</param>
/// <param name="Agent">The agent as it is in force.</param>
/// <param name="Models">The models to ask, the preferred one first.</param>
/// <param name="Prompt">The conversation.</param>
/// <param name="Context">Keeps it within the model's context.</param>
/// <param name="Narrator">Tells how it goes.</param>
/// <param name="OnStep">Given each step once its tools have run; returns what came meanwhile and is to be answered too.</param>
internal sealed record RunSetup(
    Turn Turn,
    AgentInForce Agent,
    IReadOnlyList<ModelRef> Models,
    IReadOnlyList<ChatMessage> Prompt,
    RunContext Context,
    RunNarrator Narrator,
    Func<ToolStep, Task<IReadOnlyList<ChatMessage>>> OnStep);
