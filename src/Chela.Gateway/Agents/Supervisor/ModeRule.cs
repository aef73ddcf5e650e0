using Chela.Contracts.Sessions;
using Chela.Gateway.Bus;
using Chela.Gateway.Config;

namespace Chela.Gateway.Agents.Supervisor;

/// <summary>Which way a run works. For <c>auto</c> by what can be seen at once: no model is asked for it.</summary>
internal static class ModeRule
{
    /// <summary>Fewer characters hold no task of several parts.</summary>
    private const int ShortestTask = 120;

    private const int FewestParts = 3;

    /// <summary>The mode, and in a few words why.</summary>
    public static (string Mode, string Reason) Choose(string wanted, Turn turn, AgentsConfig agents)
    {
        if (SessionKeyForm.Of(turn.Session).Kind == SessionKind.Subagent && wanted is (AgentModes.Multi or AgentModes.Auto))
        {
            return (AgentModes.Single, "it carries out a step of another's plan");
        }

        if (wanted != AgentModes.Auto)
        {
            return (wanted, "it is configured");
        }

        var text = turn.Message.Content;
        return text.Length < ShortestTask ? (AgentModes.Single, "the message is short")
            : Parts(text) < FewestParts ? (AgentModes.Single, "the message lists no parts")
            : (AgentModes.Multi, $"the message lists {Parts(text)} parts, and there are {agents.Ids.Count()} agents");
    }

    /// <summary>Lines that begin with a number or a mark.</summary>
    private static int Parts(string text) => text.Split('\n').Count(line =>
        line.AsSpan().TrimStart() is [(>= '0' and <= '9') or '-' or '*' or '•', _, ..] row && row.IndexOfAny(' ', '\t') is > 0 and < 5);
}
