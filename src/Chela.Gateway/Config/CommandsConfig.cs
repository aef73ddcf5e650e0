using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Chela.Gateway.Config;

/// <summary>
/// Who on channels may command the gateway. A place is a channel, or <c>channel/account</c> for one account of it; a sender is named as the
/// channel names people.
/// </summary>
internal sealed record CommandsConfig
{
    /// <summary>Stands for every place, and for every sender.</summary>
    public const string Any = "*";

    [MaxLength(1_000), Description("Senders on channels who may give every command and decide on approvals, each as channel:sender or channel/account:sender.")]
    public IReadOnlyList<string> OwnerAllowFrom { get; init; } = [];

    [MaxLength(1_000), Description("Senders who may give the other commands, by channel or channel/account; * is every place that is not named, and as a sender everybody.")]
    public IReadOnlyDictionary<string, IReadOnlyList<string>> AllowFrom { get; init; } = new Dictionary<string, IReadOnlyList<string>>();
}
