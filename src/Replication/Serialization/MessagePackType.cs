using System.Diagnostics.CodeAnalysis;

namespace Replication.Serialization;

/// <summary>The families of values in the MessagePack format.</summary>
[SuppressMessage("Naming", "CA1720:Identifier contains type name", Justification = "The names of the format.")]
public enum MessagePackType : byte
{
    /// <summary>The one byte (0xc1) that the format leaves without a meaning.</summary>
    Unknown = 0,

    /// <summary>A whole number of any width, signed or not.</summary>
    Integer = 1,

    /// <summary>The absent value.</summary>
    Nil = 2,

    /// <summary>True or false.</summary>
    Boolean = 3,

    /// <summary>A floating-point number of 32 or 64 bits.</summary>
    Float = 4,

    /// <summary>UTF-8 text.</summary>
    String = 5,

    /// <summary>Bytes.</summary>
    Binary = 6,

    /// <summary>A counted row of values.</summary>
    Array = 7,

    /// <summary>A counted row of key and value pairs.</summary>
    Map = 8,

    /// <summary>Bytes with an application's own type code.</summary>
    Extension = 9,
}
