namespace Chela.Gateway.Schema;

/// <summary>Collects the problems of one check, at most twenty. Costs nothing until the first problem.</summary>
internal sealed class ProblemList
{
    /// <summary>How many problems are kept; a hostile text must not grow an answer without end.</summary>
    public const int Limit = 20;

    private List<ShapeProblem>? _problems;

    public int Count => _problems?.Count ?? 0;

    public void Add(ShapeProblemKind kind, string message) => Insert(Count, new ShapeProblem(kind, "", message));

    /// <summary>Places a problem before those found later in the same object; what no longer fits falls off the end.</summary>
    public void Insert(int index, ShapeProblem problem)
    {
        _problems ??= [];
        _problems.Insert(Math.Min(index, _problems.Count), problem);
        if (_problems.Count > Limit)
        {
            _problems.RemoveAt(Limit);
        }
    }

    /// <summary>Puts a pointer segment in front of the paths found since <paramref name="from"/>, on the way back up.</summary>
    public void Prefix(int from, string segment)
    {
        for (var i = from; i < Count; i++)
        {
            _problems![i] = _problems[i] with { Path = segment + _problems[i].Path };
        }
    }

    public IReadOnlyList<ShapeProblem> ToList() => _problems is null ? [] : _problems;
}
