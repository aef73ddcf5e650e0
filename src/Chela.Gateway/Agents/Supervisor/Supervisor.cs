using System.Runtime.CompilerServices;
using Chela.Contracts.Tools;
using Chela.Gateway.Agents.Providers;
using Chela.Gateway.Agents.Providers.Failover;
using Chela.Gateway.Agents.Tools;
using Chela.Gateway.Config;
using Microsoft.Extensions.AI;

namespace Chela.Gateway.Agents.Supervisor;

/// <summary>
/// Decides how a run works: with one call of the model, with tools, or with a plan that several agents carry out. A plan is made at most once a run,
/// and never by an agent that carries out a step of another's.
/// </summary>
internal sealed class Supervisor(ModelCalls models, AgentSteps steps, Subagents subagents, ConfigStore config)
{
    private const int MostAttempts = 2;

    /// <summary>What the agent says.</summary>
    /// <param name="run">The run.</param>
    /// <param name="ct">Ends it.</param>
    /// <exception cref="ProviderException">No model answered, or the one that did broke off.</exception>
    /// <exception cref="StepsException">The run does not come to an end by itself.</exception>
    public async IAsyncEnumerable<ModelUpdate> AskAsync(RunSetup run, [EnumeratorCancellation] CancellationToken ct)
    {
        var (mode, reason) = ModeRule.Choose(run.Agent.Mode, run.Turn, config.Current.Config.Agents);
        if (run.Agent.Mode == AgentModes.Auto)
        {
            run.Narrator.TellMode(mode, reason);
        }

        var prompt = run.Prompt;
        if (mode == AgentModes.Multi)
        {
            List<ChatMessage> conversation = [Instructions(run), .. prompt];
            for (var attempt = 1; attempt <= MostAttempts; attempt++)
            {
                var planned = new List<FunctionCallContent>();
                await foreach (var update in models.AskAsync(run.Models, conversation, OptionsOf(run, null), ct))
                {
                    planned.AddRange(update.Update.Contents.OfType<FunctionCallContent>());
                    yield return update;
                }

                if (planned.Count == 0)
                {
                    yield break; // it answered by itself
                }

                var step = await CarryOutAsync(run, planned, ct);
                conversation.AddRange(step.ToMessages());
                conversation.AddRange(await run.OnStep(step));
                run.Narrator.BeginStep();
                if (!step.Uses[0].Result.IsError)
                {
                    break;
                }
            }

            await foreach (var update in models.AskAsync(run.Models, conversation, OptionsOf(run, ChatToolMode.None), ct))
            {
                yield return update;
            }

            yield break;
        }

        await foreach (var update in steps.AskAsync(run with { Agent = run.Agent with { Mode = mode } }, ct))
        {
            yield return update;
        }
    }

    private static ChatOptions OptionsOf(RunSetup run, ChatToolMode? toolMode)
    {
        var options = ThinkingEffort.Options(run.Agent.Thinking) ?? new ChatOptions();
        options.Tools = [PlanReader.Tool];
        options.ToolMode = toolMode;
        return options;
    }

    private async Task<ToolStep> CarryOutAsync(RunSetup run, List<FunctionCallContent> planned, CancellationToken ct)
    {
        var (plan, problem) = PlanReader.Read(planned[0], config.Current.Config.Agents.Has);
        var first = plan is null
            ? ToolResult.Failed(planned[0].Name == PlanReader.ToolName ? problem! : $"There is no tool {planned[0].Name}.")
            : new ToolResult(await RunAsync(run, plan, ct));
        return new ToolStep("", [new ToolUse(planned[0], first), .. planned.Skip(1).Select(call => new ToolUse(call, ToolResult.Failed("One plan is enough.")))]);
    }

    private async Task<string> RunAsync(RunSetup run, Plan plan, CancellationToken ct)
    {
        run.Turn.Slot?.Release(); // the steps need places too
        try
        {
            return await new PlanRun(plan, run.Turn, subagents, run.Narrator.TellPlan).RunAsync(ct);
        }
        finally
        {
            await (run.Turn.Slot?.TakeAsync(ct) ?? Task.CompletedTask);
        }
    }

    private ChatMessage Instructions(RunSetup run)
    {
        var agents = config.Current.Config.Agents;
        var others = string.Join('\n', agents.Ids.Select(agents.Of).Select(agent => $"- {agent.Id}{(agent.Name is null ? "" : $" ({agent.Name})")}"));
        return new ChatMessage(
            ChatRole.System,
            $"""
            You may have parts of the task done by agents: call {PlanReader.ToolName} once, with at most {PlanReader.MostSteps} steps, and answer from their results.
            Answer at once, without a plan, what needs none. You are {run.Turn.Session.AgentId}. The agents:
            {others}
            """);
    }
}
