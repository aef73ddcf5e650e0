namespace Chela.Gateway.Config;

/// <summary>What the accounts of all chat platforms must be.</summary>
internal static class ChannelAccountRules
{
    private const int MaxIdLength = 200;

    /// <summary>The problems, each with the dotted key of a setting that was made.</summary>
    public static IEnumerable<(string Path, string Message)> Problems(ChannelsConfig channels)
    {
        foreach (var (channel, name, account) in channels.Accounts())
        {
            if (!NameRule.Fits(name))
            {
                yield return ($"channels.{channel}", $"has an account whose name is not {NameRule.Words()}: '{Schema.JsonText.Show(name)}'");
                continue;
            }

            var key = $"channels.{channel}.{name}";
            if (account.DmPolicy == DmPolicies.Open && account.AllowFrom?.Contains(ChannelAccountConfig.Any, StringComparer.Ordinal) is not true)
            {
                yield return ($"{key}.dmPolicy", "is open, but allowFrom does not hold \"*\"; add it to say that everybody may write, or choose pairing or allowlist");
            }

            foreach (var (list, ids) in Lists(key, account))
            {
                if (ids.Any(id => string.IsNullOrWhiteSpace(id) || id.Length > MaxIdLength || id.Any(char.IsControl)))
                {
                    yield return (list, $"holds an entry that is blank, longer than {MaxIdLength} characters, or has control characters");
                }
            }
        }
    }

    private static IEnumerable<(string Path, IEnumerable<string> Ids)> Lists(string key, ChannelAccountConfig account) =>
    [
        ($"{key}.allowFrom", account.AllowFrom ?? []),
        ($"{key}.groupAllowFrom", account.GroupAllowFrom ?? []),
        ($"{key}.groups", (account.Groups ?? new Dictionary<string, ChannelGroupConfig>()).SelectMany(group => (group.Value.AllowFrom ?? []).Prepend(group.Key))),
    ];
}
