using System.Security.Cryptography;
using System.Text;
using Chela.Contracts.Errors;
using Chela.Contracts.Tools;
using Chela.Gateway.Agents.Tools;
using Chela.Gateway.Agents.Tools.Messages;
using Chela.Gateway.Bus;
using Chela.Gateway.Config;
using Chela.Gateway.Schema;
using Chela.Gateway.Sessions;
using Chela.Gateway.Sessions.Spawning;

namespace Chela.Gateway.Agents.Spawning;

/// <summary>
/// The tool by which a model has a sub-agent do a part of its task: it answers as soon as the task is on disk, and the result comes as a message.
/// </summary>
internal sealed class SessionSpawn
{
    private const string Kind = "session.spawn";

    private readonly Spawner _spawner;
    private readonly SpawnLimits _limits;
    private readonly Lanes _lanes;
    private readonly ConfigStore _config;
    private readonly ModelLookup _models;

    public SessionSpawn(Spawner spawner, SpawnLimits limits, Lanes lanes, ConfigStore config, ModelLookup models)
    {
        (_spawner, _limits, _lanes, _config, _models) = (spawner, limits, lanes, config, models);
        Tool = new Tool<SessionSpawnArguments>(
            Kind,
            "Has a sub-agent do a part of your task in a session of its own, while you go on. Its result comes to you as a message: end your turn when you have nothing else to do.",
            SpawnJson.Default.SessionSpawnArguments,
            SpawnAsync);
    }

    /// <summary>What models are offered.</summary>
    public ITool Tool { get; }

    private async Task<ToolResult> SpawnAsync(SessionSpawnArguments arguments, ToolContext context, CancellationToken ct)
    {
        var agent = arguments.AgentId ?? context.AgentId;
        CheckAgent(agent, context.AgentId);
        var parent = _lanes.Find(context.RunId) ?? throw new ToolRefusal("Sub-agents are spawned by runs.");
        try
        {
            var order = OrderOf(arguments, agent, context);
            _limits.Check(parent, order.Session);
            var taken = await _spawner.SpawnAsync(parent, order);
            taken.Begin?.Invoke();
            return new ToolResult($"{(taken.Acceptance == Acceptance.New ? "Spawned" : "It was spawned before")}: session {order.Session}, run {order.RunId}. Its result comes as a message.");
        }
        catch (RpcException refused)
        {
            throw new ToolRefusal($"Nothing was spawned: {refused.Message}.");
        }
    }

    private void CheckAgent(string agent, string own)
    {
        var agents = _config.Current.Config.Agents;
        if (!agents.MaySpawn(own, agent))
        {
            throw new ToolRefusal($"You may not spawn the agent {JsonText.Show(agent)}.");
        }

        if (!agents.Has(agent))
        {
            throw new ToolRefusal($"There is no agent {JsonText.Show(agent)}.");
        }
    }

    private SpawnOrder OrderOf(SessionSpawnArguments arguments, string agent, ToolContext context)
    {
        var id = SendLimits.IdOf(Kind, context, agent, arguments.Task);
        var wishes = SpawnWishes.OfTask with { Limit = arguments.TimeoutSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : null };
        return new SpawnOrder(new Guid(SHA256.HashData(Encoding.UTF8.GetBytes(id)).AsSpan(0, 16)).ToString(), agent, arguments.Task, wishes)
        {
            Label = arguments.Label,
            Model = (arguments.Model ?? _config.Current.Config.Agents.SubagentModelOf(agent)) is { } model ? _models(model, agent).FullName : null,
        };
    }
}
