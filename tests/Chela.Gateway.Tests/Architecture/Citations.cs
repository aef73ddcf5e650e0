using System.Reflection;
using System.Text.RegularExpressions;

namespace Chela.Gateway.Tests.Architecture;

/// <summary>Finds the citations of requirements in tests.</summary>
internal static partial class Citations
{
    private const string Trait = "Requirement";

    private const int HeaderLines = 10;

    private const BindingFlags OwnMethods =
        BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    /// <summary>The <c>Requirement</c> traits of test classes and methods.</summary>
    public static IEnumerable<Citation> InTypes(IEnumerable<Type> types) =>
        from type in types
        from citation in OfClass(type).Concat(OfMethods(type))
        select citation;

    /// <summary>The ids of a <c>// requirement: W5, W9</c> line near the top of a file.</summary>
    public static IEnumerable<Citation> InFile(SourceFile file) =>
        from line in file.Text.Split('\n').Take(HeaderLines)
        let match = HeaderLine().Match(line)
        where match.Success
        from id in match.Groups["ids"].Value.Split([',', ' '], StringSplitOptions.RemoveEmptyEntries)
        select new Citation(id, file.Path["tests/".Length..]);

    private static IEnumerable<Citation> OfClass(Type type) => Ids(type).Select(id => new Citation(id, NameOf(type)));

    private static IEnumerable<Citation> OfMethods(Type type) =>
        from method in type.GetMethods(OwnMethods)
        from id in Ids(method)
        select new Citation(id, NameOf(type), method.Name);

    private static IEnumerable<string> Ids(MemberInfo member) =>
        from attribute in member.GetCustomAttributesData()
        where attribute.AttributeType == typeof(TraitAttribute)
        where attribute.ConstructorArguments is [{ Value: Trait }, _]
        select (string)attribute.ConstructorArguments[1].Value!;

    private static string NameOf(Type type) =>
        type.FullName!.Replace(typeof(Citations).Assembly.GetName().Name + ".", "", StringComparison.Ordinal);

    [GeneratedRegex(@"^\s*//\s*requirements?:\s*(?<ids>[\w, ]+?)\s*$")]
    private static partial Regex HeaderLine();
}
