using System.Text;

namespace Chela.Gateway.Sessions;

/// <summary>A session with what a search looks at in one piece.</summary>
/// <param name="Entry">The session.</param>
/// <param name="Text">Its key, label and title, folded.</param>
internal readonly record struct SearchableSession(SessionEntry Entry, byte[] Text)
{
    public static SearchableSession Of(SessionEntry entry) => new(entry, Fold(string.Join('\0', entry.Key, entry.Label, entry.Title)));

    /// <summary>The same of a later state of the session.</summary>
    public SearchableSession With(SessionEntry entry) =>
        entry.Key == Entry.Key && entry.Label == Entry.Label && entry.Title == Entry.Title ? this with { Entry = entry } : Of(entry);

    /// <summary>Text in which upper and lower case are the same, in UTF-8: half as much to look through.</summary>
    public static byte[] Fold(string text) => Encoding.UTF8.GetBytes(text.ToUpperInvariant());
}
