using Chela.Gateway.Agents.Context;
using Chela.Gateway.Bus;

namespace Chela.Gateway.Agents.Briefing;

/// <summary>Puts together what a model reads in a run.</summary>
internal sealed class PromptMaker(AgentBriefing briefing, Compactor compactor, AttachedFiles files)
{
    /// <summary>What the model is told, and the conversation, for one run.</summary>
    public RunContext ContextOf(Turn turn, CompactionJob job, CancellationToken ct) =>
        new(compactor, job, Prompt.Instructions(job.Agent.Instructions, briefing.Of(job.Agent, turn.Session, ct), turn.Wishes.Instructions), files);
}
