using Chela.Contracts.Access;

namespace Chela.Gateway.Access.Devices;

/// <summary>Scopes as devices send and keep them: names.</summary>
internal static class DeviceScopes
{
    /// <summary>The scopes that the names mean. A name that nobody defined counts for nothing.</summary>
    public static OperatorScopes Read(IEnumerable<string>? names) => (names ?? []).Aggregate(
        OperatorScopes.None, (all, name) => ScopeNames.TryParse(name, out var scope) ? all | scope : all);

    /// <summary>True when the scopes granted, with all that they include, hold those asked for.</summary>
    public static bool Cover(IEnumerable<string> granted, IEnumerable<string> asked) => Cover(Read(granted), Read(asked));

    /// <summary>The same for scopes that were already read.</summary>
    public static bool Cover(OperatorScopes granted, OperatorScopes asked) => (ScopeNames.WithIncluded(granted) & asked) == asked;
}
