using System.CodeDom.Compiler;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Chela.Gateway.Tests.Architecture;

/// <summary>The product keeps no state outside the objects that it composes.</summary>
public sealed class StaticStateTests
{
    private const BindingFlags OwnStatics = BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    public static TheoryData<string> Assemblies => ["Chela.Contracts", "Chela.Client", "Chela.Gateway", "chela"];

    [Theory]
    [MemberData(nameof(Assemblies))]
    public void No_assembly_holds_mutable_static_state(string assembly) =>
        Rule.NothingIn(MutableStatics(Assembly.Load(assembly).GetTypes()), "Make it readonly, or a field of the object that owns it.");

    [Fact]
    public void A_mutable_static_is_found_and_what_only_looks_like_one_is_not()
    {
        var found = MutableStatics([typeof(Samples)]);

        Assert.Equal(["Samples.Counter", "Samples.Setting"], found.Select(place => place.Split('+')[^1]).Order());
    }

    private static IEnumerable<string> MutableStatics(IEnumerable<Type> types) =>
        from type in types
        where !IsGenerated(type)
        let fields = type.GetFields(OwnStatics).Where(field => field is { IsInitOnly: false, IsLiteral: false }).Cast<MemberInfo>()
        let properties = type.GetProperties(OwnStatics).Where(property => property.SetMethod is not null)
        from member in fields.Concat(properties)
        where !IsMarked(member)
        select $"{type.FullName}.{member.Name}";

    private static bool IsGenerated(Type? type) => type is not null && (IsMarked(type) || IsGenerated(type.DeclaringType));

    private static bool IsMarked(MemberInfo member) =>
        member.IsDefined(typeof(CompilerGeneratedAttribute)) || member.IsDefined(typeof(GeneratedCodeAttribute));

    private static class Samples
    {
        public const int Constant = 1;

        public static readonly int Counted = Counter++;

        internal static int Counter;

        public static string Setting { get; set; } = "";

        public static string Fixed { get; } = "";

        public static Func<int, int> Cached => number => number + 1;
    }
}
