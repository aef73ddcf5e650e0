using System.Reflection;
using Chela.Gateway.Config;

namespace Chela.Gateway.Tests.Config;

/// <summary>
/// The serializer forgets the initial values of what stands in lists and maps, and of sections that may be absent; those of the other sections are
/// kept, because the file is merged into them. So the former must have none.
/// </summary>
[Trait("Requirement", "K1")]
public sealed class ConfigDefaultsTests
{
    [Fact]
    public void What_is_not_always_there_has_no_initial_values()
    {
        var items = Items(typeof(ChelaConfig), []).Distinct().ToList();

        Assert.Contains(typeof(WebhookAccountConfig), items);
        Assert.Contains(typeof(SessionResetConfig), items);
        Assert.Empty(items.SelectMany(Initialised));
    }

    private static IEnumerable<string> Initialised(Type type)
    {
        var item = Activator.CreateInstance(type)!;
        return Settings(type)
            .Where(setting => setting.GetValue(item) is { } value && !value.Equals(setting.PropertyType.IsValueType ? Activator.CreateInstance(setting.PropertyType) : null))
            .Select(setting => $"{type.Name}.{setting.Name}");
    }

    /// <summary>The records that stand in lists or maps below a record, or may be absent.</summary>
    private static IEnumerable<Type> Items(Type type, HashSet<Type> seen)
    {
        if (!seen.Add(type))
        {
            return [];
        }

        return Settings(type).SelectMany(setting => setting.PropertyType switch
        {
            { IsGenericType: true } list when list.GetGenericArguments()[^1] is var item && IsRecord(item) => Items(item, seen).Prepend(item),
            var record when IsRecord(record) => setting.GetValue(Activator.CreateInstance(type)) is null ? Items(record, seen).Prepend(record) : Items(record, seen),
            _ => [],
        });
    }

    private static IEnumerable<PropertyInfo> Settings(Type type) =>
        type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.SetMethod is not null);

    private static bool IsRecord(Type type) => type.Namespace == typeof(ChelaConfig).Namespace && type.IsClass;
}
