using System.Globalization;
using System.Xml;

namespace Replication.Testing.Simulation.Pages;

/// <summary>Writes HTML that is well-formed XML, too: everything that is text is escaped, every element is
/// closed.</summary>
internal sealed class Markup : IDisposable
{
    private readonly XmlWriter _writer;

    public Markup(TextWriter output)
    {
        output.Write("<!DOCTYPE html>\n");
        _writer = XmlWriter.Create(output, new XmlWriterSettings
        {
            OmitXmlDeclaration = true,
            ConformanceLevel = ConformanceLevel.Fragment,
            NewLineChars = "\n",
        });
    }

    /// <summary>Writes an element with what is in it.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="attributes">Names and values; those that are null are left out.</param>
    /// <param name="content">Writes what is in it; null for nothing.</param>
    public void Element(
        string name, ReadOnlySpan<(string Name, object? Value)> attributes, Action? content = null)
    {
        _writer.WriteStartElement(name);
        foreach ((string attribute, object? value) in attributes)
        {
            if (value is not null)
            {
                _writer.WriteAttributeString(attribute, Clean(Convert.ToString(value, CultureInfo.InvariantCulture)!));
            }
        }

        content?.Invoke();

        // An empty element closed by itself is none in HTML, but for those that never have content.
        if (name is "meta" or "br")
        {
            _writer.WriteEndElement();
        }
        else
        {
            _writer.WriteFullEndElement();
        }
    }

    /// <inheritdoc cref="Element(string, ReadOnlySpan{ValueTuple{string, object}}, Action)"/>
    public void Element(string name, Action content) => Element(name, [], content);

    /// <summary>Writes an element with text in it.</summary>
    public void TextElement(string name, string text, params ReadOnlySpan<(string Name, object? Value)> attributes) =>
        Element(name, attributes, () => Text(text));

    public void Text(string text) => _writer.WriteString(Clean(text));

    public void Dispose() => _writer.Dispose();

    // What XML can't hold at all: most control characters, halves of pairs.
    private static string Clean(string text)
    {
        char[] characters = text.ToCharArray();
        for (int i = 0; i < characters.Length; i++)
        {
            if (i + 1 < characters.Length && XmlConvert.IsXmlSurrogatePair(characters[i + 1], characters[i]))
            {
                i++;
            }
            else if (!XmlConvert.IsXmlChar(characters[i]))
            {
                characters[i] = '\uFFFD';
            }
        }

        return new string(characters);
    }
}
