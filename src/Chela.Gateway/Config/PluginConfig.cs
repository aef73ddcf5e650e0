using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Chela.Gateway.Config;

/// <summary>One account of a channel that a plugin brings.</summary>
internal sealed record PluginAccountConfig : ChannelAccountConfig
{
    [Description("The plugin, by the name of its folder in plugins/ of the state directory. It is loaded because it stands here.")]
    public required string Plugin { get; init; }

    [MaxLength(100), Description("What the plugin is told; it says itself what that means.")]
    public IReadOnlyDictionary<string, string>? Settings { get; init; }

    /// <summary>Never shows the settings, which may hold a secret: a record that is logged prints all its values.</summary>
    public override string ToString() => $"{nameof(PluginAccountConfig)} {{ {nameof(Plugin)} = {Plugin} }}";
}

/// <summary>What the accounts of plugins must be.</summary>
internal static class PluginRule
{
    /// <summary>The problems, each with the dotted key of a setting that was made.</summary>
    public static IEnumerable<(string Path, string Message)> Problems(ChannelsConfig channels) =>
        from account in channels.Plugin
        where !NameRule.Fits(account.Value.Plugin)
        select ($"channels.plugin.{account.Key}.plugin", $"is no name of a plugin: {NameRule.Words()}");
}
