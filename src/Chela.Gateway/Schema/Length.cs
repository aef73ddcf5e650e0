namespace Chela.Gateway.Schema;

/// <summary>How many characters, items or properties a value may have.</summary>
internal readonly record struct Length(int Min, int Max)
{
    public static Length Unbounded => new(0, int.MaxValue);

    public bool IsBounded => this != Unbounded;

    public void Check(int count, string unit, ProblemList problems)
    {
        if (count < Min)
        {
            problems.Add(ShapeProblemKind.Value, $"must NOT have fewer than {Min} {unit}");
        }
        else if (count > Max)
        {
            problems.Add(ShapeProblemKind.Value, $"must NOT have more than {Max} {unit}");
        }
    }
}
