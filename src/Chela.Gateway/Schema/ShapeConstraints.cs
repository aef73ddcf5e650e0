using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using System.Text.Json.Serialization.Metadata;

namespace Chela.Gateway.Schema;

/// <summary>What the attributes of one property or parameter say about its value.</summary>
internal sealed record ShapeConstraints
{
    public static ShapeConstraints None { get; } = new();

    /// <summary>Bounds by <c>MinLength</c> and <c>MaxLength</c>: characters of a text, items of a list.</summary>
    public Length Length { get; init; } = Length.Unbounded;

    /// <summary>Bounds by <c>StringLength</c>: characters of a text, or of every text in a list.</summary>
    public Length TextLength { get; init; } = Length.Unbounded;

    public RangeAttribute? Range { get; init; }

    public string? Pattern { get; init; }

    public IReadOnlyList<object> Allowed { get; init; } = [];

    public string? Description { get; init; }

    /// <summary>True where a value of the right type can still be refused.</summary>
    public bool Restricts =>
        Length.IsBounded || TextLength.IsBounded || Range is not null || Pattern is not null || Allowed.Count > 0;

    /// <summary>What applies to the items of a list: all but the number of items.</summary>
    public ShapeConstraints ForItems() => this with { Length = Length.Unbounded, Description = null };

    public Int128? WholeBound(Func<RangeAttribute, object> bound) =>
        Range is null ? null : Int128.Parse(Invariant(bound(Range)), CultureInfo.InvariantCulture);

    public double? RealBound(Func<RangeAttribute, object> bound) =>
        Range is null ? null : double.Parse(Invariant(bound(Range)), CultureInfo.InvariantCulture);

    public static string Invariant(object value) => Convert.ToString(value, CultureInfo.InvariantCulture)!;

    public static ShapeConstraints Of(JsonPropertyInfo property)
    {
        var result = None;
        foreach (var source in new[] { property.AttributeProvider, property.AssociatedParameter?.AttributeProvider })
        {
            foreach (var attribute in source?.GetCustomAttributes(inherit: true) ?? [])
            {
                result = result.With(attribute, property.Name);
            }
        }

        return result;
    }

    public static string? DescriptionOf(Type type) => type.GetCustomAttribute<DescriptionAttribute>()?.Description;

    private ShapeConstraints With(object attribute, string property) => attribute switch
    {
        MinLengthAttribute a => this with { Length = Length with { Min = a.Length } },
        MaxLengthAttribute a => this with { Length = Length with { Max = a.Length } },
        StringLengthAttribute a => this with { TextLength = new Length(a.MinimumLength, a.MaximumLength) },
        RangeAttribute { MinimumIsExclusive: false, MaximumIsExclusive: false } a => this with { Range = a },
        RegularExpressionAttribute a => this with { Pattern = a.Pattern },
        AllowedValuesAttribute a => this with { Allowed = [.. a.Values.OfType<object>()] },
        DescriptionAttribute a => this with { Description = a.Description },
        ValidationAttribute a => throw new NotSupportedException($"{a.GetType().Name} on '{property}' has no counterpart in the schema."),
        _ => this,
    };
}
