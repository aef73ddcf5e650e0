using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Chela.Gateway.Schema;

/// <summary>The schema of a value and the check that agrees with it.</summary>
internal sealed record BuiltShape(JsonObject Schema, ShapeNode Node);

/// <summary>
/// Walks a type and builds schema and check in one pass, so that they cannot disagree. Refuses serializer features that
/// neither can express: such a type is a mistake of its author, found at first use.
/// </summary>
internal sealed class ShapeBuilder(JsonSerializerOptions options)
{
    private readonly Dictionary<Type, ShapeNode> _nodes = [];
    private readonly HashSet<Type> _open = [];
    private readonly HashSet<Type> _recursive = [];
    private readonly JsonObject _definitions = [];

    /// <summary>True once something was found that deserialising alone does not verify.</summary>
    public bool HasConstraints { get; private set; }

    public BuiltShape Build(JsonTypeInfo root)
    {
        HasConstraints = options.AllowDuplicateProperties || options.PropertyNameCaseInsensitive
            || options.UnmappedMemberHandling != JsonUnmappedMemberHandling.Disallow
            || !options.RespectNullableAnnotations || !options.RespectRequiredConstructorParameters;
        var built = Value(root, ShapeConstraints.None, nullable: false);
        var schema = new JsonObject { ["$schema"] = "https://json-schema.org/draft/2020-12/schema" };
        Copy(built.Schema, schema);
        if (_definitions.Count > 0)
        {
            schema["$defs"] = _definitions;
        }

        return built with { Schema = schema };
    }

    private BuiltShape Value(JsonTypeInfo type, ShapeConstraints constraints, bool nullable)
    {
        if (Nullable.GetUnderlyingType(type.Type) is { } underlying)
        {
            type = options.GetTypeInfo(underlying);
        }

        if (type.PolymorphismOptions is not null || (type.NumberHandling ?? options.NumberHandling) != JsonNumberHandling.Strict)
        {
            throw new NotSupportedException($"{type.Type} uses polymorphism or lax numbers, which a shape cannot express.");
        }

        HasConstraints |= constraints.Restricts;
        var built = type.Kind switch
        {
            JsonTypeInfoKind.Object => Object(type, nullable),
            JsonTypeInfoKind.Enumerable => List(type, constraints, nullable),
            JsonTypeInfoKind.Dictionary => Map(type, constraints, nullable),
            _ => LeafShapes.Build(type, constraints, nullable),
        };
        AllowNull(built.Schema, nullable);
        return Described(built, constraints.Description ?? ShapeConstraints.DescriptionOf(type.Type));
    }

    private BuiltShape Object(JsonTypeInfo type, bool nullable)
    {
        if (_open.Contains(type.Type))
        {
            _recursive.Add(type.Type);
            return new BuiltShape(Reference(type), new ReferenceNode(type.Type, _nodes) { AcceptsNull = nullable });
        }

        _open.Add(type.Type);
        var schema = new JsonObject { ["type"] = "object" };
        var known = Properties(type, schema);
        var extended = type.UnmappedMemberHandling == JsonUnmappedMemberHandling.Skip || type.Properties.Any(p => p.IsExtensionData);
        if (!extended)
        {
            schema["additionalProperties"] = false;
        }

        ShapeNode? rest = extended ? new AnyNode() : null;
        _nodes[type.Type] = new ObjectNode(known, rest);
        _open.Remove(type.Type);
        if (_recursive.Contains(type.Type))
        {
            _definitions[type.Type.Name] = schema;
            schema = Reference(type);
        }

        return new BuiltShape(schema, new ObjectNode(known, rest) { AcceptsNull = nullable });
    }

    private ObjectProperty[] Properties(JsonTypeInfo type, JsonObject schema)
    {
        var known = new List<ObjectProperty>();
        var schemas = new JsonObject();
        var required = new JsonArray();
        foreach (var property in type.Properties.Where(p => !p.IsExtensionData && (p.Set ?? (object?)p.AssociatedParameter) is not null))
        {
            if (property.CustomConverter is not null)
            {
                throw new NotSupportedException($"'{property.Name}' of {type.Type} has a converter; put it on the type of the property.");
            }

            var nullable = property.AssociatedParameter?.IsNullable ?? property.IsSetNullable;
            var built = Value(options.GetTypeInfo(property.PropertyType), ShapeConstraints.Of(property), nullable);
            schemas[property.Name] = built.Schema;
            known.Add(new ObjectProperty(property.Name, built.Node, property.IsRequired));
            if (property.IsRequired)
            {
                required.Add(property.Name);
            }
        }

        schema["properties"] = schemas;
        if (required.Count > 0)
        {
            schema["required"] = required;
        }

        return [.. known];
    }

    private BuiltShape List(JsonTypeInfo type, ShapeConstraints constraints, bool nullable)
    {
        var item = Value(Element(type), constraints.ForItems(), nullable: false);
        var schema = new JsonObject { ["type"] = "array", ["items"] = item.Schema };
        LeafShapes.WriteLength(schema, constraints.Length, "Items");
        return new BuiltShape(schema, new ArrayNode(item.Node, constraints.Length) { AcceptsNull = nullable });
    }

    private BuiltShape Map(JsonTypeInfo type, ShapeConstraints constraints, bool nullable)
    {
        if (type.KeyType != typeof(string))
        {
            throw new NotSupportedException($"{type.Type} is keyed by something other than a text.");
        }

        var value = Value(Element(type), constraints.ForItems(), nullable: false);
        var schema = new JsonObject { ["type"] = "object", ["additionalProperties"] = value.Schema };
        LeafShapes.WriteLength(schema, constraints.Length, "Properties");
        return new BuiltShape(schema, new ObjectNode([], value.Node) { AcceptsNull = nullable, Length = constraints.Length });
    }

    private JsonTypeInfo Element(JsonTypeInfo collection)
    {
        // The serializer lets null into a list of texts or objects; we do not.
        HasConstraints |= !collection.ElementType!.IsValueType;
        return options.GetTypeInfo(collection.ElementType);
    }

    private static JsonObject Reference(JsonTypeInfo type) => new() { ["$ref"] = $"#/$defs/{type.Type.Name}" };

    private static void AllowNull(JsonObject schema, bool nullable)
    {
        if (nullable && schema["type"] is JsonValue type)
        {
            schema["type"] = new JsonArray(type.GetValue<string>(), "null");
            if (schema["const"] is { } only)
            {
                schema.Remove("const");
                schema["enum"] = new JsonArray(only);
            }

            (schema["enum"] as JsonArray)?.Add(null);
        }
        else if (nullable && schema.ContainsKey("$ref"))
        {
            var target = schema["$ref"]!;
            schema.Remove("$ref");
            schema["anyOf"] = new JsonArray(new JsonObject { ["$ref"] = target }, new JsonObject { ["type"] = "null" });
        }
    }

    private static BuiltShape Described(BuiltShape built, string? description)
    {
        if (description is null)
        {
            return built;
        }

        var schema = new JsonObject { ["description"] = description };
        Copy(built.Schema, schema);
        return built with { Schema = schema };
    }

    private static void Copy(JsonObject from, JsonObject to)
    {
        foreach (var (name, value) in from)
        {
            to[name] = value?.DeepClone();
        }
    }
}
