using System.Globalization;
using System.Text;
using Chela.Contracts.Sessions;
using Chela.Gateway.Agents.Skills;
using Chela.Gateway.Agents.Tools;
using Chela.Gateway.Config;

namespace Chela.Gateway.Agents.Briefing;

/// <summary>What an agent is told of its workspace before a conversation.</summary>
internal sealed class AgentBriefing(Workspaces workspaces, ConfigStore config)
{
    private const string Head = "# Your workspace\n\nThese files of your workspace hold for every conversation.";

    /// <summary>The texts of its files and the list of its skills, within their bounds; empty where it has neither.</summary>
    public string Of(AgentInForce agent, SessionKey session, CancellationToken ct) => Prompt.Instructions(Files(agent, session), Skills(agent, ct));

    /// <summary>What an agent without tools could not read it is not told of.</summary>
    private string? Skills(AgentInForce agent, CancellationToken ct) => agent.Mode == AgentModes.Fast ? null : SkillList.Text(
        [.. SkillFolder.Read(workspaces.PathOf(agent.Id), ct).Where(skill => skill.Problem is null && SkillFolder.Missing(skill).IsNothing && !config.Current.Config.Skills.IsDisabled(skill.Name))],
        agent.ContextTokens / 2);

    private string? Files(AgentInForce agent, SessionKey session)
    {
        var defaults = config.Current.Config.Agents.Defaults;
        var workspace = workspaces.PathOf(agent.Id);
        var told = new StringBuilder();
        var room = Math.Min(defaults.BootstrapTotalMaxChars, agent.ContextTokens); // about a quarter of the context
        foreach (var name in WorkspaceFiles.For(session))
        {
            if (Cut(TextOf(workspace, name), name, Math.Min(defaults.BootstrapMaxChars, room)) is { Length: > 0 } text)
            {
                told.Append(CultureInfo.InvariantCulture, $"\n\n## {name}\n\n{text}");
                room = Math.Max(0, room - text.Length);
            }
        }

        return told.Length == 0 ? null : Head + told;
    }

    private static string TextOf(string workspace, string name)
    {
        try
        {
            return WorkspaceFiles.Read(workspace, name)?.Trim() ?? "";
        }
        catch (ToolRefusal problem)
        {
            return $"[{problem.Message}]";
        }
    }

    /// <summary>The text, or its beginning and its end with a word on what is between.</summary>
    private static string Cut(string text, string name, int max)
    {
        if (text.Length <= max)
        {
            return text;
        }

        var head = Whole(text, max * 3 / 4);
        var tail = Whole(text, text.Length - (max / 4));
        return string.Create(
            CultureInfo.InvariantCulture, $"{text[..head]}\n[{tail - head} of {text.Length} characters are left out here; fs.read shows all of {name}.]\n{text[tail..]}");
    }

    /// <summary>The place itself, or the one before where it would part a character.</summary>
    private static int Whole(string text, int at) => at > 0 && at < text.Length && char.IsLowSurrogate(text[at]) ? at - 1 : at;
}
