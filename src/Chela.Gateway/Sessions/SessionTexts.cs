namespace Chela.Gateway.Sessions;

/// <summary>The sessions of one moment, with what searches look at in one piece: a hundred thousand are looked through in a millisecond.</summary>
internal sealed class SessionTexts
{
    private const byte End = 0xFF; // is in no UTF-8, hence in nothing that is looked for

    private readonly SessionEntry[] _newestFirst;
    private readonly byte[] _texts;
    private readonly int[] _ends;

    public SessionTexts(IReadOnlyCollection<SearchableSession> newestFirst)
    {
        _newestFirst = [.. newestFirst.Select(session => session.Entry)];
        _texts = new byte[newestFirst.Sum(session => session.Text.Length + 1)];
        _ends = new int[newestFirst.Count];
        var (number, at) = (0, 0);
        foreach (var (_, text) in newestFirst)
        {
            text.CopyTo(_texts, at);
            at += text.Length;
            _ends[number++] = at;
            _texts[at++] = End;
        }
    }

    /// <summary>All of them.</summary>
    public IReadOnlyList<SessionEntry> NewestFirst => _newestFirst;

    /// <summary>Those in whose texts a folded text is.</summary>
    public IEnumerable<SessionEntry> Containing(byte[] text)
    {
        for (var (at, number) = (0, 0); number < _ends.Length; at = _ends[number++] + 1)
        {
            var found = _texts.AsSpan(at).IndexOf(text);
            if (found < 0)
            {
                yield break;
            }

            number = NumberAt(at + found, number);
            yield return _newestFirst[number];
        }
    }

    /// <summary>The session whose text is at a place, from a number on.</summary>
    private int NumberAt(int at, int from)
    {
        var number = Array.BinarySearch(_ends, from, _ends.Length - from, at);
        return number < 0 ? ~number : number;
    }
}
