/** Fills the templates of notifications. A template has no access to files, networks or time. */
export interface TemplateRenderer {
  /**
   * `html`: values are escaped.
   * @throws DomainError template_invalid: not a template, or a variable that is missing.
   */
  render(
    template: string,
    variables: Readonly<Record<string, string>>,
    format: 'text' | 'html',
  ): string;
  /** The names of the variables that it needs. @throws DomainError template_invalid. */
  variablesOf(template: string): readonly string[];
}
