using System.Runtime.CompilerServices;
using System.Text;
using Chela.Contracts.Tools;
using Chela.Gateway.Agents.Context;
using Chela.Gateway.Agents.Providers;
using Chela.Gateway.Agents.Providers.Failover;
using Chela.Gateway.Agents.Tools;
using Chela.Gateway.Bus;
using Chela.Gateway.Config;
using Chela.Gateway.Sessions;
using Chela.Gateway.Sessions.Spawning;
using Microsoft.Extensions.AI;

namespace Chela.Gateway.Agents;

/// <summary>
/// The steps of a run: asks the model, has the tools run that it calls, and asks it again with what came of it, until it answers. It always ends: the
/// last request that a run may make offers no tools, and a run that goes round in circles is stopped.
/// </summary>
internal sealed class AgentSteps(ModelCalls models, ResponseCache cache, ToolRunner tools, Workspaces workspaces, SpawnTree tree)
{
    /// <summary>So often the same calls with the same results may follow each other.</summary>
    private const int MostRepeats = 3;

    /// <summary>The longest results of one step together, in characters.</summary>
    private const int LongestResults = 400_000;

    /// <summary>The most pieces of what a model thinks in one step; one that thinks more than any does has it no more.</summary>
    private const int MostThoughts = 100_000;

    /// <summary>What the model says, step after step.</summary>
    /// <param name="run">The run.</param>
    /// <param name="ct">Ends it.</param>
    /// <exception cref="ProviderException">No model answered, or the one that did broke off.</exception>
    /// <exception cref="StepsException">The run does not come to an end by itself.</exception>
    public async IAsyncEnumerable<ModelUpdate> AskAsync(RunSetup run, [EnumeratorCancellation] CancellationToken ct)
    {
        var (turn, agent, narrator) = (run.Turn, run.Agent, run.Narrator);
        var conversation = run.Prompt;
        var circles = new Circles();
        for (var step = 1; ; step++)
        {
            var options = OptionsOf(turn, agent, isLast: step >= agent.MaxSteps);
            var (said, thought, calls, counted) = (new StringBuilder(), new List<ChatResponseUpdate>(), new List<FunctionCallContent>(), 0L);
            var answer = step == 1 ? cache.AskAsync(agent, run.Models, conversation, options, ct) : models.AskAsync(run.Models, conversation, options, ct);
            await foreach (var update in answer)
            {
                said.Append(update.Update.Text);
                if (thought.Count <= MostThoughts && update.Update.Contents.Any(content => content is TextReasoningContent))
                {
                    thought.Add(update.Update);
                }

                counted = ModelUsage.Of(update)?.TotalTokens ?? counted;
                calls.AddRange(update.Update.Contents.OfType<FunctionCallContent>());
                yield return update;
            }

            if (calls.Count == 0)
            {
                yield break;
            }

            if (options?.ToolMode is not AutoChatToolMode)
            {
                throw new StepsException(agent.MaxSteps > 1 && options?.ToolMode is not null
                    ? $"The agent had no answer after {agent.MaxSteps} requests to its model (maxSteps)."
                    : "The model called a tool although none was offered.");
            }

            if (calls.Exists(call => tools.WaitsForPeople(call.Name, agent.Id, ChannelOf(turn))))
            {
                turn.Slot?.Release();
            }

            var done = new ToolStep(said.ToString(), Bounded(await RunAsync(turn, calls, narrator, ct))) { Thought = ThoughtOf(thought) };
            await (turn.Slot?.TakeAsync(ct) ?? Task.CompletedTask);
            circles.Check(done);
            IReadOnlyList<ChatMessage> news = [.. done.ToMessages(), .. await run.OnStep(done)];
            conversation = await run.Context.GoOnAsync([.. conversation, .. news], counted + news.Skip(1).Sum(TokenEstimate.Of), ct);
            narrator.BeginStep();
        }
    }

    private ChatOptions? OptionsOf(Turn turn, AgentInForce agent, bool isLast)
    {
        var options = ThinkingEffort.Options(agent.Thinking);
        if (agent.Mode == AgentModes.Fast || tools.Offer(agent.Id, ChannelOf(turn)) is not { Count: > 0 } offered)
        {
            return options;
        }

        options ??= new ChatOptions();
        options.Tools = [.. offered];
        options.ToolMode = isLast ? ChatToolMode.None : ChatToolMode.Auto;
        return options;
    }

    /// <summary>What the model thought, with the provider's seal on it.</summary>
    private static IReadOnlyList<AIContent> ThoughtOf(List<ChatResponseUpdate> updates) => updates.Count > MostThoughts
        ? []
        : [.. updates.ToChatResponse().Messages.SelectMany(message => message.Contents).Where(content => content is TextReasoningContent)];

    /// <summary>The results within a bound for all together: they become one line of the transcript.</summary>
    private static IReadOnlyList<ToolUse> Bounded(IReadOnlyList<ToolUse> uses) =>
        [.. uses.Select(use => use with { Result = ToolRunner.Cut(use.Result, LongestResults / uses.Count) })];

    /// <summary>Runs the calls: those that only read at the same time, any other one after the other.</summary>
    private async Task<IReadOnlyList<ToolUse>> RunAsync(Turn turn, List<FunctionCallContent> calls, RunNarrator narrator, CancellationToken ct)
    {
        if (calls.TrueForAll(call => tools.IsReadOnly(call.Name)))
        {
            return await Task.WhenAll(calls.Select(call => RunAsync(turn, call, narrator, ct)));
        }

        var uses = new List<ToolUse>();
        foreach (var call in calls)
        {
            uses.Add(await RunAsync(turn, call, narrator, ct));
        }

        return uses;
    }

    private async Task<ToolUse> RunAsync(Turn turn, FunctionCallContent call, RunNarrator narrator, CancellationToken ct)
    {
        var context = new ToolContext(turn.Session.AgentId, turn.Session.Value, turn.RunId, call.CallId, workspaces.Of(turn.Session.AgentId))
        {
            Channel = ChannelOf(turn),
        };
        narrator.BeginTool(call);
        var use = new ToolUse(call, await tools.RunAsync(call, context, tree.PeopleOf(turn), ct));
        narrator.EndTool(use);
        return use;
    }

    /// <summary>The channel that a message came from, also where nobody hears the answer there; null for clients.</summary>
    public static string? ChannelOf(Turn turn) => turn.Message.Channel == ChatIntake.OfClients ? null : turn.Message.Channel;

    /// <summary>Notices a run that does the same again and again.</summary>
    private sealed class Circles
    {
        private string? _last;
        private int _times;

        public void Check(ToolStep step)
        {
            var now = string.Join('\n', step.Uses.Select(use => $"{use.Call.Name} {ToolArguments.Write(use.Call.Arguments)} {use.Result.Text}"));
            (_last, _times) = (now, now == _last ? _times + 1 : 1);
            if (_times > MostRepeats)
            {
                throw new StepsException($"The agent called {step.Uses[0].Call.Name} {_times} times with the same arguments and the same result; the run was ended.");
            }
        }
    }
}

/// <summary>A run does not come to an end by itself; the message is for the user.</summary>
internal sealed class StepsException(string message) : Exception(message);
