using System.Collections.Immutable;
using System.Reflection.Metadata;

namespace Replication.Architecture.Tests.Layers;

/// <summary>Turns types in metadata into the names of all types they are built of.</summary>
internal sealed class NamesInSignatures : ISignatureTypeProvider<ImmutableHashSet<string>, object?>
{
    private readonly MetadataReader _metadata;

    public NamesInSignatures(MetadataReader metadata)
    {
        _metadata = metadata;
    }

    public ImmutableHashSet<string> Of(EntityHandle handle) => handle.IsNil
        ? []
        : handle.Kind switch
        {
            HandleKind.TypeDefinition => [Outermost((TypeDefinitionHandle)handle)],
            HandleKind.TypeReference => [Full((TypeReferenceHandle)handle)],
            HandleKind.TypeSpecification =>
                _metadata.GetTypeSpecification((TypeSpecificationHandle)handle).DecodeSignature(this, null),
            _ => [],
        };

    public IEnumerable<(string Type, string Member)> OfToken(EntityHandle handle)
    {
        switch (handle.Kind)
        {
            case HandleKind.MemberReference:
                MemberReference member = _metadata.GetMemberReference((MemberReferenceHandle)handle);
                return Of(member.Parent).Select(t => (t, _metadata.GetString(member.Name)));
            case HandleKind.MethodDefinition:
                MethodDefinition method = _metadata.GetMethodDefinition((MethodDefinitionHandle)handle);
                return [(Outermost(method.GetDeclaringType()), _metadata.GetString(method.Name))];
            case HandleKind.FieldDefinition:
                FieldDefinition field = _metadata.GetFieldDefinition((FieldDefinitionHandle)handle);
                return [(Outermost(field.GetDeclaringType()), _metadata.GetString(field.Name))];
            case HandleKind.MethodSpecification:
                MethodSpecification specification = _metadata.GetMethodSpecification((MethodSpecificationHandle)handle);
                return OfToken(specification.Method)
                    .Concat(specification.DecodeSignature(this, null).SelectMany(n => n).Select(n => (n, "")));
            default:
                return Of(handle).Select(n => (n, ""));
        }
    }

    public string Outermost(TypeDefinitionHandle handle)
    {
        TypeDefinition type = _metadata.GetTypeDefinition(handle);
        while (!type.GetDeclaringType().IsNil)
        {
            type = _metadata.GetTypeDefinition(type.GetDeclaringType());
        }

        return Joined(_metadata.GetString(type.Namespace), _metadata.GetString(type.Name));
    }

    /// <summary>A type of another assembly; a nested one as Namespace.Outer+Inner.</summary>
    public string Full(TypeReferenceHandle handle)
    {
        TypeReference type = _metadata.GetTypeReference(handle);
        return type.ResolutionScope.Kind == HandleKind.TypeReference
            ? Full((TypeReferenceHandle)type.ResolutionScope) + "+" + _metadata.GetString(type.Name)
            : Joined(_metadata.GetString(type.Namespace), _metadata.GetString(type.Name));
    }

    public ImmutableHashSet<string> GetArrayType(ImmutableHashSet<string> elementType, ArrayShape shape) => elementType;

    public ImmutableHashSet<string> GetByReferenceType(ImmutableHashSet<string> elementType) => elementType;

    public ImmutableHashSet<string> GetFunctionPointerType(MethodSignature<ImmutableHashSet<string>> signature) =>
        [.. signature.ParameterTypes.Append(signature.ReturnType).SelectMany(n => n)];

    public ImmutableHashSet<string> GetGenericInstantiation(
        ImmutableHashSet<string> genericType, ImmutableArray<ImmutableHashSet<string>> typeArguments) =>
        [.. genericType.Concat(typeArguments.SelectMany(n => n))];

    public ImmutableHashSet<string> GetGenericMethodParameter(object? genericContext, int index) => [];

    public ImmutableHashSet<string> GetGenericTypeParameter(object? genericContext, int index) => [];

    public ImmutableHashSet<string> GetModifiedType(
        ImmutableHashSet<string> modifier, ImmutableHashSet<string> unmodifiedType, bool isRequired) => unmodifiedType;

    public ImmutableHashSet<string> GetPinnedType(ImmutableHashSet<string> elementType) => elementType;

    public ImmutableHashSet<string> GetPointerType(ImmutableHashSet<string> elementType) => elementType;

    public ImmutableHashSet<string> GetPrimitiveType(PrimitiveTypeCode typeCode) => [];

    public ImmutableHashSet<string> GetSZArrayType(ImmutableHashSet<string> elementType) => elementType;

    public ImmutableHashSet<string> GetTypeFromDefinition(
        MetadataReader reader, TypeDefinitionHandle handle, byte rawTypeKind) => [Outermost(handle)];

    public ImmutableHashSet<string> GetTypeFromReference(
        MetadataReader reader, TypeReferenceHandle handle, byte rawTypeKind) => [Full(handle)];

    public ImmutableHashSet<string> GetTypeFromSpecification(
        MetadataReader reader, object? genericContext, TypeSpecificationHandle handle, byte rawTypeKind) =>
        reader.GetTypeSpecification(handle).DecodeSignature(this, genericContext);

    private static string Joined(string space, string name) => space.Length == 0 ? name : space + "." + name;
}
