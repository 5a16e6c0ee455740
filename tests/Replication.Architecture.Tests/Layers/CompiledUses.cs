using System.Collections.Immutable;
using System.Reflection.Emit;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace Replication.Architecture.Tests.Layers;

/// <summary>Reads out of an assembly what each of its types uses: in signatures, base types, fields and method
/// bodies.</summary>
/// <remarks>The compiled code is read, not the text: neither an alias nor a full name nor a var can hide a
/// use.</remarks>
internal sealed class CompiledUses : IDisposable
{
    private static readonly Dictionary<int, OperandType> Operands = typeof(OpCodes).GetFields()
        .Select(f => (OpCode)f.GetValue(null)!)
        .ToDictionary(o => (int)(ushort)o.Value, o => o.OperandType);

    private readonly PEReader _image;
    private readonly MetadataReader _metadata;
    private readonly NamesInSignatures _names;

    public CompiledUses(string assemblyPath)
    {
        _image = new PEReader(File.OpenRead(assemblyPath));
        _metadata = _image.GetMetadataReader();
        _names = new NamesInSignatures(_metadata);
    }

    public void Dispose() => _image.Dispose();

    public IEnumerable<UsedMember> All()
    {
        foreach (TypeDefinitionHandle handle in _metadata.TypeDefinitions)
        {
            TypeDefinition type = _metadata.GetTypeDefinition(handle);
            string user = _names.Outermost(handle);
            string userNamespace = NamespaceOf(user);
            if (userNamespace.Length == 0)
            {
                continue;
            }

            foreach ((string member, string target, string targetMember) in UsesOf(type))
            {
                yield return new UsedMember(userNamespace, user, member, NamespaceOf(target), target, targetMember);
            }
        }
    }

    private static string NamespaceOf(string type) => type.Contains('.', StringComparison.Ordinal)
        ? type[..type.LastIndexOf('.')]
        : "";

    private IEnumerable<(string Member, string Target, string TargetMember)> UsesOf(TypeDefinition type)
    {
        foreach (string name in _names.Of(type.BaseType).Concat(
            type.GetInterfaceImplementations()
                .SelectMany(i => _names.Of(_metadata.GetInterfaceImplementation(i).Interface))))
        {
            yield return ("", name, "");
        }

        foreach (FieldDefinitionHandle handle in type.GetFields())
        {
            FieldDefinition field = _metadata.GetFieldDefinition(handle);
            foreach (string name in field.DecodeSignature(_names, null))
            {
                yield return (_metadata.GetString(field.Name), name, "");
            }
        }

        foreach (MethodDefinitionHandle handle in type.GetMethods())
        {
            MethodDefinition method = _metadata.GetMethodDefinition(handle);
            string member = _metadata.GetString(method.Name);
            MethodSignature<ImmutableHashSet<string>> signature = method.DecodeSignature(_names, null);
            foreach (string name in signature.ParameterTypes.Append(signature.ReturnType).SelectMany(n => n))
            {
                yield return (member, name, "");
            }

            if (method.RelativeVirtualAddress == 0)
            {
                continue;
            }

            foreach (
                (string target, string targetMember) in UsesOfBody(_image.GetMethodBody(method.RelativeVirtualAddress)))
            {
                yield return (member, target, targetMember);
            }
        }
    }

    private IEnumerable<(string Target, string TargetMember)> UsesOfBody(MethodBodyBlock body)
    {
        if (!body.LocalSignature.IsNil)
        {
            foreach (ImmutableHashSet<string> local in
                _metadata.GetStandaloneSignature(body.LocalSignature).DecodeLocalSignature(_names, null))
            {
                foreach (string name in local)
                {
                    yield return (name, "");
                }
            }
        }

        foreach (int token in Tokens(body.GetILBytes()!))
        {
            foreach ((string, string) use in _names.OfToken(MetadataTokens.EntityHandle(token)))
            {
                yield return use;
            }
        }
    }

    /// <summary>The metadata tokens among the operands of a method's instructions.</summary>
    private static List<int> Tokens(byte[] il)
    {
        List<int> tokens = [];
        for (int i = 0; i < il.Length;)
        {
            int code = il[i++];
            if (code == 0xfe)
            {
                code = (code << 8) | il[i++];
            }

            OperandType operand = Operands[code];
            if (operand is OperandType.InlineMethod or OperandType.InlineField or OperandType.InlineType
                or OperandType.InlineTok)
            {
                tokens.Add(BitConverter.ToInt32(il, i));
            }

            i += operand switch
            {
                OperandType.InlineNone => 0,
                OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
                OperandType.InlineVar => 2,
                OperandType.InlineI8 or OperandType.InlineR => 8,
                OperandType.InlineSwitch => 4 + (4 * BitConverter.ToInt32(il, i)),
                _ => 4,
            };
        }

        return tokens;
    }
}
