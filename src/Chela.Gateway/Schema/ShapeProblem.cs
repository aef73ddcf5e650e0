namespace Chela.Gateway.Schema;

/// <summary>What sort of mistake a problem is, for callers that word or place it themselves.</summary>
internal enum ShapeProblemKind
{
    /// <summary>A value of the wrong type or outside its bounds.</summary>
    Value,

    /// <summary>A required property is absent.</summary>
    Missing,

    /// <summary>A property that the type does not know.</summary>
    Unexpected,

    /// <summary>A property that is given twice.</summary>
    Duplicate,

    /// <summary>Not readable as JSON at all.</summary>
    Syntax,
}

/// <summary>One way in which a JSON text does not fit a type.</summary>
/// <param name="Kind">The sort of mistake.</param>
/// <param name="Path">JSON pointer of the value at fault, or of the object that holds the property; empty at the root.</param>
/// <param name="Message">What is wrong, without the place.</param>
internal readonly record struct ShapeProblem(ShapeProblemKind Kind, string Path, string Message)
{
    /// <summary>The property that is missing, unexpected or given twice.</summary>
    public string? Property { get; init; }

    /// <summary>For an unexpected property: the known name that was probably meant.</summary>
    public string? Nearest { get; init; }

    /// <summary>The pointer of the property itself where the problem is about one, else the path.</summary>
    public string Target => Property is null ? Path : $"{Path}/{Escape(Property)}";

    /// <summary>Joins problems into the one line that clients of the protocol see.</summary>
    public static string Join(IReadOnlyList<ShapeProblem> problems) => string.Join("; ", problems);

    /// <summary>The problem as clients see it: <c>at /limit: must be integer</c>.</summary>
    public override string ToString() =>
        Path.Length > 0 ? $"at {Path}: {Message}"
        : Kind is ShapeProblemKind.Unexpected or ShapeProblemKind.Duplicate ? $"at root: {Message}"
        : Message;

    /// <summary>Writes a property name as a segment of a JSON pointer.</summary>
    public static string Escape(string name) =>
        name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);
}
