using System.Globalization;
using Chela.Contracts.Sessions;
using Chela.Gateway.Schema;

namespace Chela.Gateway.Config;

/// <summary>What the names of persons and their peers must be.</summary>
internal static class IdentityLinkRules
{
    private const string Pointer = "/session/identityLinks";

    /// <summary>The problems, each with the pointer of the value that is wrong.</summary>
    public static IEnumerable<(string Pointer, string Message)> Problems(SessionConfig session)
    {
        var owners = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, peers) in session.IdentityLinks)
        {
            if (!NameRule.Fits(name))
            {
                yield return (Pointer, $"has a name that is not {NameRule.Words()}: '{JsonText.Show(name)}'");
                continue;
            }

            foreach (var (index, peer) in peers.Index())
            {
                var at = string.Create(CultureInfo.InvariantCulture, $"{Pointer}/{name}/{index}");
                var colon = peer.IndexOf(':', StringComparison.Ordinal);
                if (colon < 1 || colon == peer.Length - 1 || !SessionKeyForm.CanBeChannel(peer[..colon]))
                {
                    yield return (at, "must be a channel, a colon, and a peer as the channel names it");
                }
                else if (!owners.TryAdd(peer, name))
                {
                    yield return (at, $"is a peer of '{owners[peer]}' too; a peer is one person");
                }
            }
        }
    }
}
