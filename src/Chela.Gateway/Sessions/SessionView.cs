namespace Chela.Gateway.Sessions;

/// <summary>The sessions of one moment, ready to be looked through. Does not change any more.</summary>
/// <param name="changed">Those that changed since the others were put together, newest first.</param>
/// <param name="earlier">All as they were then.</param>
/// <param name="replaced">Those of the earlier that are no longer so.</param>
internal sealed class SessionView(IReadOnlyList<SearchableSession> changed, SessionTexts earlier, IReadOnlySet<SessionEntry> replaced)
{
    /// <summary>The sessions in whose key, label or title a text is, newest first; without a text all.</summary>
    /// <param name="text">The text, folded.</param>
    public IEnumerable<SessionEntry> Containing(byte[]? text)
    {
        foreach (var session in changed)
        {
            if (text is null || session.Text.AsSpan().IndexOf(text) >= 0)
            {
                yield return session.Entry;
            }
        }

        foreach (var entry in text is null ? earlier.NewestFirst : earlier.Containing(text))
        {
            if (!replaced.Contains(entry))
            {
                yield return entry;
            }
        }
    }
}
