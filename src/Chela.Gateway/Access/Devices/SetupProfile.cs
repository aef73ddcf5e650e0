using System.Collections.Frozen;
using Chela.Contracts.Access;

namespace Chela.Gateway.Access.Devices;

/// <summary>What a setup code gives to the device that uses it (02-handshake § 7.5).</summary>
/// <param name="Name">For example <c>limited</c>.</param>
/// <param name="Roles">The device gets a token for each.</param>
/// <param name="Scopes">Its scopes as an operator; as a node it needs none.</param>
internal sealed record SetupProfile(string Name, IReadOnlyList<string> Roles, IReadOnlyList<string> Scopes)
{
    private static readonly string[] LimitedScopes =
        ["operator.approvals", "operator.questions", "operator.read", "operator.talk.secrets", "operator.write"];

    private static readonly string[] OwnerScopes =
    [
        "operator.admin", "operator.approvals", "operator.pairing", "operator.questions", "operator.read", "operator.talk.secrets",
        "operator.write",
    ];

    private static readonly FrozenDictionary<string, SetupProfile> All = new SetupProfile[]
    {
        new("full", ["node", "operator"], ["operator.admin", .. LimitedScopes]),
        new("limited", ["node", "operator"], LimitedScopes),
        new("node", ["node"], []),
        new("voice-node", ["node", "operator"], ["operator.read", "operator.talk"]),
        new("control-ui-owner", ["operator"], OwnerScopes),
    }.ToFrozenDictionary(profile => profile.Name, StringComparer.Ordinal);

    /// <summary>A few words for people and programs: <c>full</c>, <c>limited</c> or <c>node</c>.</summary>
    public string Access => Scopes.Contains("operator.admin") ? "full" : Roles.Contains("operator") ? "limited" : "node";

    /// <summary>What the device is given for each of its roles.</summary>
    public IReadOnlyList<Grant> Grants => [.. Roles.Select(role => new Grant(role, role == "operator" ? Scopes : []))];

    /// <summary>The profile of this name; null when there is none.</summary>
    public static SetupProfile? Find(string name) => All.GetValueOrDefault(name);

    /// <summary>True when a device may connect with it in this role and with these scopes.</summary>
    public bool Admits(string role, OperatorScopes asked) =>
        Grants.FirstOrDefault(grant => grant.Role == role) is { } grant && DeviceScopes.Cover(DeviceScopes.Read(grant.Scopes), asked);
}
