using System.Globalization;
using Chela.Contracts.Sessions;
using Chela.Gateway.Schema;

namespace Chela.Gateway.Config;

/// <summary>What must hold between bindings, agents and accounts.</summary>
internal static class BindingRules
{
    /// <summary>The channel whose accounts the configuration names.</summary>
    public const string Webhook = "webhook";

    /// <summary>The problems, each with the pointer of the value that is wrong.</summary>
    public static IEnumerable<(string Pointer, string Message)> Problems(ChelaConfig config) => config.Bindings.SelectMany((binding, index) =>
        Problems(binding, config).Select(problem => (string.Create(CultureInfo.InvariantCulture, $"/bindings/{index}/{problem.Key}"), problem.Message)));

    private static IEnumerable<(string Key, string Message)> Problems(BindingConfig binding, ChelaConfig config)
    {
        var match = binding.Match;
        if (!config.Agents.Has(binding.AgentId))
        {
            yield return ("agentId", $"there is no agent '{JsonText.Show(binding.AgentId)}'; agents.list names those that there are");
        }

        if (!SessionKeyForm.CanBeChannel(match.Channel))
        {
            yield return ("match/channel", $"no channel can be called '{JsonText.Show(match.Channel)}'");
        }
        else if (match.Channel == Webhook && match.Account() != BindingMatchConfig.Any && !config.Channels.Webhook.ContainsKey(match.Account()))
        {
            yield return match.AccountId is null
                ? ("match/channel", "needs an accountId beside it: channels.webhook has no account 'default'; name one, or * for all")
                : ("match/accountId", $"channels.webhook has no account '{JsonText.Show(match.AccountId)}'; name one, or * for all");
        }

        if (match.Roles is not null && match.GuildId is null)
        {
            yield return ("match/roles", "need a guildId beside them: roles are those of a guild");
        }
    }
}
