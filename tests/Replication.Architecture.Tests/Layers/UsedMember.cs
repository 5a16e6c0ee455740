namespace Replication.Architecture.Tests.Layers;

/// <summary>One use of a type or member by compiled code.</summary>
/// <param name="UserNamespace">The namespace of the type whose code it is.</param>
/// <param name="User">That type, the outermost one, with its namespace.</param>
/// <param name="UserMember">The method or field that uses it; empty for base types.</param>
/// <param name="TargetNamespace">The namespace of what is used.</param>
/// <param name="Target">The type that is used, with its namespace.</param>
/// <param name="TargetMember">The method or field of it; empty where the type itself is meant.</param>
internal sealed record UsedMember(
    string UserNamespace, string User, string UserMember, string TargetNamespace, string Target, string TargetMember)
{
    public override string ToString() =>
        $"{User}{(UserMember.Length > 0 ? "." + UserMember : "")} uses {Target}"
        + (TargetMember.Length > 0 ? "." + TargetMember : "");
}
