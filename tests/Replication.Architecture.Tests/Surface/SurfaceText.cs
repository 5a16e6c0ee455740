using System.Reflection;
using System.Runtime.CompilerServices;

namespace Replication.Architecture.Tests.Surface;

/// <summary>The public surface of an assembly as sorted lines of text.</summary>
internal static class SurfaceText
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance
        | BindingFlags.Static | BindingFlags.DeclaredOnly;

    public static IReadOnlyList<string> Of(Assembly assembly) =>
    [
        .. assembly.GetExportedTypes().SelectMany(Lines).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal),
    ];

    /// <summary>Every type that a signature of the public surface names, with where it stands.</summary>
    public static IEnumerable<(string Where, Type Type)> TypesInSignatures(Assembly assembly)
    {
        foreach (Type type in assembly.GetExportedTypes())
        {
            IEnumerable<Type> direct = type.GetInterfaces().Append(type.BaseType ?? typeof(object));
            foreach (Type used in direct.SelectMany(Parts))
            {
                yield return (Name(type), used);
            }

            foreach (MemberInfo member in type.GetMembers(Declared).Where(IsVisible))
            {
                foreach (Type used in TypesOf(member).SelectMany(Parts))
                {
                    yield return ($"{Name(type)}.{member.Name}", used);
                }
            }
        }
    }

    private static IEnumerable<string> Lines(Type type)
    {
        string name = Name(type);
        bool hasBase = type.BaseType is { } b && b != typeof(object) && b != typeof(ValueType) && b != typeof(Enum);
        IEnumerable<string> bases = (hasBase ? new[] { type.BaseType! } : [])
            .Concat(type.GetInterfaces().Except(type.BaseType?.GetInterfaces() ?? []))
            .Select(Name).Order(StringComparer.Ordinal);
        string tail = string.Join(", ", bases);
        yield return $"{Kind(type)} {name}{(tail.Length > 0 ? " : " + tail : "")}";
        if (type.IsEnum)
        {
            foreach (string value in Enum.GetNames(type))
            {
                yield return $"{name}.{value} = {Convert.ToInt64(Enum.Parse(type, value), null)}";
            }

            yield break;
        }

        foreach (MemberInfo member in type.GetMembers(Declared).Where(IsVisible))
        {
            if (Describe(member) is { } text)
            {
                yield return $"{name}.{text}";
            }
        }
    }

    private static string? Describe(MemberInfo member) => member switch
    {
        // What the compiler writes for records says nothing new, but for Deconstruct, which fixes an order.
        MethodInfo { Name: not "Deconstruct" } m when m.IsDefined(typeof(CompilerGeneratedAttribute)) => null,
        ConstructorInfo c => $"{Static(c)}ctor({Parameters(c)})",
        MethodInfo { IsSpecialName: false } m when !m.Name.StartsWith('<') =>
            $"{Static(m)}{m.Name}{Generic(m)}({Parameters(m)}) -> {Name(m.ReturnType)}",
        MethodInfo { IsSpecialName: true } m when m.Name.StartsWith("op_", StringComparison.Ordinal) =>
            $"{m.Name}({Parameters(m)}) -> {Name(m.ReturnType)}",
        PropertyInfo p => $"{p.Name} {{ {Accessors(p)}}} : {Name(p.PropertyType)}",
        FieldInfo { IsLiteral: true } f => $"const {f.Name} = {f.GetRawConstantValue()} : {Name(f.FieldType)}",
        FieldInfo f => $"{(f.IsStatic ? "static " : "")}{f.Name} : {Name(f.FieldType)}",
        EventInfo e => $"event {e.Name} : {Name(e.EventHandlerType!)}",
        _ => null,
    };

    private static string Accessors(PropertyInfo p)
    {
        string text = p.GetMethod is { } get && IsVisible(get) ? "get; " : "";
        if (p.SetMethod is { } set && IsVisible(set))
        {
            bool isInit = set.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit));
            text += isInit ? "init; " : "set; ";
        }

        return p.IsDefined(typeof(RequiredMemberAttribute)) ? "required " + text : text;
    }

    private static IEnumerable<Type> TypesOf(MemberInfo member) => member switch
    {
        MethodInfo m => m.GetParameters().Select(p => p.ParameterType).Append(m.ReturnType),
        ConstructorInfo c => c.GetParameters().Select(p => p.ParameterType),
        PropertyInfo p => [p.PropertyType],
        FieldInfo f => [f.FieldType],
        EventInfo e => [e.EventHandlerType!],
        _ => [],
    };

    private static IEnumerable<Type> Parts(Type type)
    {
        if (type.HasElementType)
        {
            return Parts(type.GetElementType()!);
        }

        return type.IsGenericType ? type.GetGenericArguments().SelectMany(Parts).Append(type) : [type];
    }

    private static bool IsVisible(MemberInfo member) => member switch
    {
        MethodBase m => m.IsPublic || m.IsFamily || m.IsFamilyOrAssembly,
        FieldInfo f => f.IsPublic || f.IsFamily || f.IsFamilyOrAssembly,
        PropertyInfo p => p.GetAccessors(nonPublic: true).Any(IsVisible),
        EventInfo e => IsVisible(e.AddMethod!),
        _ => false,
    };

    private static string Kind(Type type)
    {
        if (type.IsEnum)
        {
            return "enum";
        }

        if (type.IsInterface)
        {
            return "interface";
        }

        if (type.IsValueType)
        {
            return (type.IsDefined(typeof(IsReadOnlyAttribute)) ? "readonly " : "")
                + (type.IsByRefLike ? "ref struct" : "struct");
        }

        string modifier = (type.IsAbstract, type.IsSealed) switch
        {
            (true, true) => "static ",
            (true, false) => "abstract ",
            (false, true) => "sealed ",
            _ => "",
        };
        return modifier + (typeof(Delegate).IsAssignableFrom(type) ? "delegate" : "class");
    }

    private static string Static(MethodBase m) => m.IsStatic ? "static " : "";

    private static string Generic(MethodInfo m) =>
        m.IsGenericMethod ? "<" + string.Join(", ", m.GetGenericArguments().Select(a => a.Name)) + ">" : "";

    private static string Parameters(MethodBase m) => string.Join(
        ", ",
        m.GetParameters().Select(p =>
            $"{Passing(p)}{Name(p.ParameterType)} {p.Name}"
            + (p.HasDefaultValue ? $" = {p.DefaultValue ?? "default"}" : "")));

    private static string Passing(ParameterInfo p) =>
        p.IsOut ? "out " : p.IsIn ? "in " : p.ParameterType.IsByRef ? "ref " : "";

    private static string Name(Type type)
    {
        if (type.IsByRef)
        {
            return Name(type.GetElementType()!);
        }

        if (type.IsArray)
        {
            return Name(type.GetElementType()!) + "[]";
        }

        if (type.IsGenericParameter)
        {
            return type.Name;
        }

        string prefix = type.DeclaringType is { } outer ? Name(outer) : type.Namespace!;
        string name = $"{prefix}.{type.Name.Split('`')[0]}";
        return type.IsGenericType
            ? $"{name}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>"
            : name;
    }
}
