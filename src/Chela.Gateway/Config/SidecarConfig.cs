using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Chela.Gateway.Config;

/// <summary>One program that is a channel.</summary>
internal sealed record SidecarAccountConfig : ChannelAccountConfig
{
    [MinLength(1), MaxLength(1_024), Description("The program; it is spoken with over its standard input and output.")]
    public required string Command { get; init; }

    [MaxLength(100), Description("Its arguments.")]
    public IReadOnlyList<string>? Args { get; init; }

    [MaxLength(100), Description("Variables of its environment. Of the gateway's own it gets those that programs need to start, PATH and HOME among them.")]
    public IReadOnlyDictionary<string, string>? Env { get; init; }

    /// <summary>Never shows arguments and variables, which may hold a secret: a record that is logged prints all its values.</summary>
    public override string ToString() => $"{nameof(SidecarAccountConfig)} {{ {nameof(Command)} = {Command} }}";
}
